"""Traces at known minutes around one half hour, for tests of what is kept by the hour."""

from __future__ import annotations

from typing import Any

from auditor.telemetry.spans import SpanBatch
from tests.support.spans import START, batch, client, query, server

HOUR = 3_600 * 10**9
FIRST = START - START % HOUR  # the hour in which traces of minute 0 begin


def trace(number: int, minute: float) -> list[dict[str, Any]]:
    """A request that begins so many minutes after FIRST, calls a service and runs a statement: six seconds."""
    at = (FIRST - START) / 1e9 + minute * 60
    return [
        span | {"trace_id": f"{number + 1:032x}"}
        for span in (
            server("web", "a", "GET /", at=at),
            client("web", "b", "a", at=at + 1),
            server("users", "c", "GET /users/{id}", "b", at=at + 2),
            query("users", "d", "c", "SELECT email FROM users", at=at + 5),
        )
    ]


def spans(*traces: list[dict[str, Any]]) -> list[SpanBatch]:
    return batch(*(span for one in traces for span in one))
