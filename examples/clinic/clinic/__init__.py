"""A small clinic: two web applications, the services and workers behind them, and the world outside."""
