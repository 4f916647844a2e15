"""What operators see of the HTTP service: probes, metrics, the trail, traces of itself, an orderly stop."""
