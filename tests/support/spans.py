"""Builds span batches by hand, so that engine tests read like the traces they mean."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from auditor.telemetry.spans import SPAN

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def span(service: str, span_id: str, parent: str | None = None, **values: Any) -> dict[str, Any]:
    """A span of trace `t1` from second `at` to second `until`; every other column of SPAN by its name."""
    at, until = values.pop("at", 0.0), values.pop("until", None)
    row: dict[str, Any] = dict.fromkeys(SPAN.names)
    row |= {
        "trace_id": "t1",
        "span_id": span_id,
        "parent_id": parent,
        "service": service,
        "kind": "internal",
        "error": False,
        "failed": False,
        "start_ns": START + int(at * SECOND),
        "end_ns": START + int((at + 1 if until is None else until) * SECOND),
    }
    unknown = set(values) - set(SPAN.names)
    assert not unknown, unknown
    return row | values


def server(service: str, span_id: str, operation: str, parent: str | None = None, **values: Any) -> dict[str, Any]:
    return span(service, span_id, parent, kind="server", operation=operation, protocol="http", **values)


def client(service: str, span_id: str, parent: str, **values: Any) -> dict[str, Any]:
    return span(service, span_id, parent, **({"kind": "client", "protocol": "http"} | values))


def query(service: str, span_id: str, parent: str, text: str, **values: Any) -> dict[str, Any]:
    """A database span whose shape is `text` itself."""
    defaults = {
        "kind": "client",
        "protocol": "db",
        "db_system": "postgresql",
        "db_namespace": "shop",
        "host": "db",
        "statement": text,
        "statement_id": f"s1-{text}",
        "scope": "driver",
    }
    return span(service, span_id, parent, **(defaults | values))


def batch(*rows: dict[str, Any]) -> list[pa.RecordBatch]:
    return [pa.RecordBatch.from_pylist(list(rows), schema=SPAN)]
