"""Which scope each address needs. What is not named here is refused to everybody without `read` or `approve`."""

from __future__ import annotations

from auditor.access.model import Scope

OPEN = frozenset({"/healthz", "/readyz"})  # for probes, which hold no token; they say nothing but a state
INGEST = frozenset({"/v1/traces", "/v1/metrics", "/v1/logs", "/api/traces", "/api/v2/spans"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def needed(method: str, path: str) -> Scope | None:
    """The scope that a request needs; None where everybody may ask."""
    if path in OPEN and method in READING:
        return None
    if path == "/metrics":
        return "metrics"
    if path in INGEST and method not in READING:
        return "ingest"
    return "read" if method in READING else "approve"
