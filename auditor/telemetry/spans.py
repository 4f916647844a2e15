"""What every telemetry reader yields: spans in whole numbers, and beside them the rows that many spans share.

A span's own columns are ids, times and the key of its row. All else, already redacted, is in the row, and spans that
are alike share one: a few thousand rows stand for millions of spans. A row's key is a hash of its content, the same in
every file, process and machine: so rows from anywhere unite by their keys.

No column of a row can hold a literal, a parameter, an attribute's value or a URL's query value. Names that come from
outside (services, operations, keys) went through `redact.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

# Ids are bits as signed integers, since not every engine that reads these columns knows unsigned ones; see `ids.py`.
SPAN = pa.schema(
    [
        ("trace_high", pa.int64()),
        ("trace_low", pa.int64()),
        ("span_id", pa.int64()),
        ("parent_id", pa.int64()),  # null at a root
        ("row", pa.int64()),  # the key in ROW
        ("start_ns", pa.int64()),
        ("end_ns", pa.int64()),  # equals start_ns when the source has no duration
    ]
)

LINK = pa.schema(
    [
        # the span that is linked to, which may lie in another trace
        ("trace_high", pa.int64()),
        ("trace_low", pa.int64()),
        ("span_id", pa.int64()),
        # the span that links
        ("from_trace_high", pa.int64()),
        ("from_trace_low", pa.int64()),
        ("from_span_id", pa.int64()),
        ("from_row", pa.int64()),
    ]
)

_ROW: list[tuple[str, pa.DataType]] = [
    ("row", pa.int64()),  # the key: 64 bits of a hash of all below
    ("remote_parent", pa.bool_()),  # OTLP flags bits 8 and 9; null when unknown
    # who
    ("service", pa.string()),  # service.name, or the best stand-in
    ("namespace", pa.string()),  # service.namespace, null when absent
    ("version", pa.string()),  # service.version
    ("scope", pa.string()),  # instrumentation scope: tells an ORM's span from its driver's
    # what
    ("kind", pa.string()),  # server, client, producer, consumer, internal, unspecified
    ("operation", pa.string()),  # "GET /users/{id}", "pkg.Service/Method", "process orders"; null if only a step
    ("protocol", pa.string()),  # http, grpc (or another rpc.system), graphql, messaging, db, faas; null if unknown
    ("error", pa.bool_()),
    ("failed", pa.bool_()),  # the attempt never reached its peer: an exception and no status code
    # the other side, for client and producer spans
    ("peer", pa.string()),  # logical peer name (service.peer.name, peer.service, Zipkin remote service)
    ("host", pa.string()),  # server.address, the URL's host ...: no user info, no path
    ("port", pa.int32()),
    # names of values seen in the exchange
    ("keys", pa.list_(pa.struct([("place", pa.string()), ("name", pa.string())]))),
    # databases
    ("db_system", pa.string()),  # db.system.name, new value names
    ("db_namespace", pa.string()),
    ("statement", pa.string()),  # the statement's shape: literals, comments and parameters masked
    ("statement_id", pa.string()),  # fingerprint of the shape
    ("db_operation", pa.string()),  # db.operation.name or what the span name or summary tells
    ("db_collection", pa.string()),  # db.collection.name or what the span name or summary tells
    # messaging
    ("messaging_system", pa.string()),
    ("channel", pa.string()),  # queue or topic, template preferred
    # weights and leaks
    ("weight", pa.float64()),  # adjusted count from tracestate ot=th or a sampler tag; null when unknown
    ("leaks", pa.list_(pa.struct([("attribute", pa.string()), ("category", pa.string())]))),
]
ROW = pa.schema(_ROW)


@dataclass(frozen=True, slots=True)
class SpanBatch:
    """Spans (`SPAN`), their links (`LINK`), and such of their rows (`ROW`) as their reader has not yielded before."""

    spans: pa.RecordBatch
    links: pa.RecordBatch
    rows: pa.RecordBatch

    @property
    def num_rows(self) -> int:
        """The number of spans."""
        return int(self.spans.num_rows)
