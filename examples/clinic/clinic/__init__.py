"""A small clinic: two web applications, six services and workers behind them, and the world outside."""
