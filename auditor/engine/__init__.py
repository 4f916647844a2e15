"""Span batches to the system model: columnar, in DuckDB; only counts, shapes and names come out."""
