"""The indices of the telemetry stack: what was counted per hour, and the redacted spans behind it, kept in a folder."""
