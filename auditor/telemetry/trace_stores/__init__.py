"""Stores of traces that are asked over the network: ClickHouse, Jaeger, Tempo. Only where a user names their URL."""
