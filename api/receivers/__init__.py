"""The doors by which telemetry comes in: OTLP over HTTP and gRPC, Zipkin and Jaeger JSON over HTTP."""
