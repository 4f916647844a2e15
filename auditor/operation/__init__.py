"""Running the live service: its settings, health, metrics, logs, traces, doctor and backup. No web framework."""
