"""OTLP JSON requests as the Collector's ClickHouse exporter stores them: attributes as texts, or as JSON."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

KINDS = ("Unspecified", "Internal", "Server", "Client", "Producer", "Consumer")
CODES = ("Unset", "Ok", "Error")
CLINIC = Path(__file__).parents[2] / "examples/clinic/capture/traces.otlp.jsonl.gz"
_MAP = pa.map_(pa.string(), pa.string())
_TEXTS = ("TraceId", "SpanId", "ParentSpanId", "TraceState", "SpanName", "SpanKind", "ServiceName", "ScopeName")
Document = dict[str, Any]


def schema(attributes: pa.DataType = _MAP) -> pa.Schema:
    """The columns, with events and links flattened as ClickHouse does."""
    return pa.schema(
        [
            ("Timestamp", pa.timestamp("ns", "UTC")),
            *((name, pa.string()) for name in _TEXTS),
            ("ScopeVersion", pa.string()),
            ("ResourceAttributes", attributes),
            ("SpanAttributes", attributes),
            ("Duration", pa.uint64()),
            ("StatusCode", pa.string()),
            ("StatusMessage", pa.string()),
            ("Events.Timestamp", pa.list_(pa.timestamp("ns", "UTC"))),
            ("Events.Name", pa.list_(pa.string())),
            ("Events.Attributes", pa.list_(attributes)),
            ("Links.TraceId", pa.list_(pa.string())),
            ("Links.SpanId", pa.list_(pa.string())),
        ]
    )


def table_of(requests: Iterable[Document], as_json: bool = False) -> pa.Table:
    """The table of all spans."""
    rows = [row for request in requests for row in _rows(request, as_json)]
    return pa.Table.from_pylist(rows, schema(pa.string() if as_json else _MAP))


def write(path: Path, table: pa.Table, **options: Any) -> Path:
    pq.write_table(table, path, **options)
    return path


def clinic() -> list[Document]:
    """The requests of our own capture, without the flags of spans, for which the exporter has no column."""
    requests = [json.loads(line) for line in gzip.decompress(CLINIC.read_bytes()).splitlines()]
    for resource_spans in (each for request in requests for each in request["resourceSpans"]):
        for span in (each for scope_spans in resource_spans["scopeSpans"] for each in scope_spans["spans"]):
            span.pop("flags", None)
    return requests


def _rows(request: Document, as_json: bool) -> Iterable[Document]:
    for resource_spans in request["resourceSpans"]:
        resource = _raw(resource_spans.get("resource", {}).get("attributes", []))
        for scope_spans in resource_spans["scopeSpans"]:
            for span in scope_spans["spans"]:
                events, links = span.get("events", []), span.get("links", [])
                start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
                status = span.get("status", {})
                yield {
                    "Timestamp": start,
                    "TraceId": span["traceId"].lower(),
                    "SpanId": span["spanId"].lower(),
                    "ParentSpanId": span.get("parentSpanId", "").lower(),
                    "TraceState": span.get("traceState", ""),
                    "SpanName": span["name"],
                    "SpanKind": KINDS[span.get("kind", 0)],
                    "ServiceName": resource.get("service.name", ""),
                    "ResourceAttributes": _stored(resource, as_json),
                    "ScopeName": scope_spans.get("scope", {}).get("name", ""),
                    "ScopeVersion": scope_spans.get("scope", {}).get("version", ""),
                    "SpanAttributes": _stored(_raw(span.get("attributes", [])), as_json),
                    "Duration": end - start,
                    "StatusCode": CODES[status.get("code", 0)],
                    "StatusMessage": status.get("message", ""),
                    "Events.Timestamp": [int(event.get("timeUnixNano", 0)) for event in events],
                    "Events.Name": [event.get("name", "") for event in events],
                    "Events.Attributes": [_stored(_raw(event.get("attributes", [])), as_json) for event in events],
                    "Links.TraceId": [link["traceId"] for link in links],
                    "Links.SpanId": [link["spanId"] for link in links],
                }


def _raw(pairs: list[Document]) -> Document:
    return {pair["key"]: _value(pair["value"]) for pair in pairs}


def _value(value: Document) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "intValue":
            return int(content)
        case "arrayValue":
            return [_value(item) for item in content.get("values", [])]
        case "kvlistValue":
            return _raw(content.get("values", []))
    return content


def _stored(attributes: Document, as_json: bool) -> Any:
    if as_json:
        return json.dumps(_nested(attributes))
    return [(key, value if isinstance(value, str) else json.dumps(value)) for key, value in attributes.items()]


def _nested(attributes: Document) -> Document:
    """As ClickHouse writes its JSON type: the dots of a key are levels."""
    tree: Document = {}
    for key, value in attributes.items():
        *levels, last = key.split(".")
        place = tree
        for level in levels:
            place = place.setdefault(level, {})
            if not isinstance(place, dict):  # `a` and `a.b` beside each other: kept flat
                tree[key] = value
                break
        else:
            place[last] = value
    return tree


def create(name: str, attributes: str = "Map(LowCardinality(String), String)") -> str:
    """The statement that makes the exporter's table in ClickHouse; `attributes` is the type of their columns."""
    return f"""CREATE TABLE {name} (
        Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String,
        SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String),
        ResourceAttributes {attributes}, ScopeName String, ScopeVersion String, SpanAttributes {attributes},
        Duration UInt64, StatusCode LowCardinality(String), StatusMessage String,
        Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes {attributes}),
        Links Nested (TraceId String, SpanId String, TraceState String, Attributes {attributes})
    ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))"""
