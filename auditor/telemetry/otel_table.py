"""The OpenTelemetry Collector's table of spans (its ClickHouse exporter's `otel_traces`) to span batches, in columns.

A row is a span. Attributes are a map of texts, or a JSON object as text, whose nested objects are keys with dots.
Events and links are lists of structs, or one list a field (`Events.Name`), as ClickHouse flattens them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Ints
from auditor.telemetry.flat import NOBODY, Coded, Flat, same
from auditor.telemetry.otel_attributes import read_resource, resources_of
from auditor.telemetry.otel_columns import TableColumns
from auditor.telemetry.otel_ids import binary_ids
from auditor.telemetry.otlp_columns import ColumnReader, Learned
from auditor.telemetry.otlp_ids import ids_of
from auditor.telemetry.raw import KINDS
from auditor.telemetry.rows import Fault
from auditor.telemetry.spans import SpanBatch
from auditor.telemetry.values import MAX_TIME, span_id, trace_id
from auditor.telemetry.weight import weight_of

NEEDED = ("Timestamp", "TraceId", "SpanId", "SpanName")
_USED = (
    *("ParentSpanId", "TraceState", "SpanKind", "ServiceName", "ResourceAttributes", "ScopeName", "SpanAttributes"),
    *("Duration", "StatusCode", "StatusMessage"),
    *("Events", "Events.Name", "Events.Attributes", "Links", "Links.TraceId", "Links.SpanId"),
)


def is_otel_table(names: Sequence[str]) -> bool:
    """Whether columns of these names are such a table."""
    return set(NEEDED) <= set(names)


def used_columns(names: Sequence[str]) -> list[str]:
    """Those of a table's columns that are read."""
    return [name for name in names if name in NEEDED or name in _USED]


class TableReader:
    """Reads the rows of one table."""

    def __init__(self, fault: Fault, learned: Learned | None = None) -> None:
        self._fault = fault
        self._reader = ColumnReader(fault, learned=learned)

    def read(self, batch: pa.RecordBatch, where: str) -> SpanBatch | None:
        """The rows of a batch as spans; None, and told, when its columns are not what they should be."""
        try:
            table = TableColumns(batch, partial(self._fault, where))
            return self._reader.read_flat(flat_of(table, len(batch)), [where]) if len(batch) else None
        except (pa.ArrowException, OverflowError):
            self._fault(where, f"{len(batch)} rows whose columns are not those of the Collector's table of spans")
            return None


def flat_of(table: TableColumns, rows: int) -> Flat:
    """The spans in columns. Raises pyarrow.ArrowException."""
    start = table.nanoseconds("Timestamp")
    here: Ints = np.zeros(rows, np.int64)
    return Flat(
        record=here,
        trace=ids_of(binary_ids(table.text("TraceId"), 16, trace_id), 16, trace_id),
        own=ids_of(binary_ids(table.text("SpanId"), 8, span_id), 8, span_id),
        parent=ids_of(binary_ids(table.text("ParentSpanId"), 8, span_id), 8, span_id),
        start_ns=start,
        end_ns=_ends(start, table.nanoseconds("Duration")),
        resource=resources_of(table.attributes("ResourceAttributes"), table.column("ServiceName")),
        read_resource=read_resource,
        name=table.texts("SpanName"),
        kind=table.words("SpanKind", lambda word: word if word in KINDS else "unspecified"),
        scope=table.texts("ScopeName").map(lambda name: name or None),
        remote_parent=Coded((None,), here),
        error=table.words("StatusCode", lambda word: word == "error"),
        status_message=table.texts("StatusMessage"),
        weight=table.texts("TraceState").map(weight_of),
        service=same(None, rows),
        remote=same(NOBODY, rows),
        attributes=table.attributes("SpanAttributes"),
        events=table.events(),
        links=table.links(),
    )


def _ends(start: Ints, duration: Ints) -> Ints:
    """When spans end, no later than `MAX_TIME`."""
    return start + np.minimum(duration, MAX_TIME - start)
