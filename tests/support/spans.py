"""Builds span batches by hand, so that engine tests read like the traces they mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditor.telemetry import values
from auditor.telemetry.ids import span_number, trace_number, trace_text
from auditor.telemetry.rows import RowBook, batches_of
from auditor.telemetry.spans import ROW, SpanBatch

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
SHARED = ROW.names[1:]
OWN = ("trace_id", "span_id", "parent_id", "links", "start_ns", "end_ns")


def span(service: str, span_id: str, parent: str | None = None, **values: Any) -> dict[str, Any]:
    """A span of trace `t1` from second `at` to second `until`; every column of ROW by its name."""
    at, until = values.pop("at", 0.0), values.pop("until", None)
    row: dict[str, Any] = dict.fromkeys((*OWN, *SHARED))
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
    unknown = set(values) - set(row)
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


def batch(*rows: dict[str, Any]) -> list[SpanBatch]:
    book = RowBook()
    return list(batches_of((_numbered(row, book) for row in rows), book))


def _numbered(row: dict[str, Any], book: RowBook) -> tuple[tuple[Any, ...], list[tuple[int, ...]]]:
    key = book.key(tuple(_hashable(row[name]) for name in SHARED))
    own = *trace_number(values.trace_id(row["trace_id"]) or ""), _span_number(row["span_id"])
    parent = None if row["parent_id"] is None else _span_number(row["parent_id"])
    links = [
        (*trace_number(values.trace_id(link["trace_id"]) or ""), _span_number(link["span_id"]), *own, key)
        for link in row["links"] or ()
    ]
    return (*own, parent, key, row["start_ns"], row["end_ns"]), links


def _span_number(text: str) -> int:
    return span_number(values.span_id(text) or "")


def _hashable(value: Any) -> Any:
    return tuple(tuple(item.values()) for item in value) if isinstance(value, list) else value


def wide(batches: Iterable[SpanBatch]) -> list[dict[str, Any]]:
    """Every span with all of its row, and its ids in hex digits: what a reader says, however it says it."""
    batches = list(batches)
    rows = {row["row"]: row for batch in batches for row in batch.rows.to_pylist()}
    links: dict[tuple[int, ...], list[dict[str, str]]] = {}
    for link in (link for batch in batches for link in batch.links.to_pylist()):
        own = (link["from_trace_high"], link["from_trace_low"], link["from_span_id"])
        target = {"trace_id": trace_text(link["trace_high"], link["trace_low"]), "span_id": _hex(link["span_id"])}
        if target not in links.setdefault(own, []):  # the span may have come twice
            links[own].append(target)
    return [
        {
            "trace_id": trace_text(span["trace_high"], span["trace_low"]),
            "span_id": _hex(span["span_id"]),
            "parent_id": None if span["parent_id"] is None else _hex(span["parent_id"]),
            "links": links.get((span["trace_high"], span["trace_low"], span["span_id"])),
            "start_ns": span["start_ns"],
            "end_ns": span["end_ns"],
        }
        | {name: rows[span["row"]][name] for name in SHARED}
        for batch in batches
        for span in batch.spans.to_pylist()
    ]


def shown(span_id: str) -> str:
    """A span id as `wide` shows it: that of a half which has a mark behind it is hashed."""
    return _hex(span_number(span_id))


def _hex(number: int) -> str:
    return trace_text(0, number)[16:]
