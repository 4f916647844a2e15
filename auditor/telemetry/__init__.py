"""Bytes to span batches: one small file per format, one narrow redacted schema."""
