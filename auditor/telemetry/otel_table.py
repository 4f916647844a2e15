"""The OpenTelemetry Collector's table of spans (its ClickHouse exporter's `otel_traces`) to span batches, in columns.

A row is a span. Attributes are a map of texts, or a JSON object as text, whose nested objects are keys with dots.
Events and links are lists of structs, or one list a field (`Events.Name`), as ClickHouse flattens them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, Ints
from auditor.telemetry.otel_attributes import as_lists, begins_of, list_of, pairs_of, resources_of, texts_of
from auditor.telemetry.otel_columns import TableColumns
from auditor.telemetry.otel_ids import binary_ids
from auditor.telemetry.otlp_arrow import Flat
from auditor.telemetry.otlp_columns import ColumnReader
from auditor.telemetry.otlp_json import KINDS
from auditor.telemetry.otlp_protobuf import ERROR
from auditor.telemetry.rows import Fault
from auditor.telemetry.values import MAX_TIME, span_id, trace_id

NEEDED = ("Timestamp", "TraceId", "SpanId", "SpanName")
_USED = (
    *("ParentSpanId", "TraceState", "SpanKind", "ServiceName", "ResourceAttributes", "ScopeName", "SpanAttributes"),
    *("Duration", "StatusCode", "StatusMessage"),
    *("Events", "Events.Name", "Events.Attributes", "Links", "Links.TraceId", "Links.SpanId"),
)
_KINDS = {kind: number for number, kind in enumerate(KINDS)}


def is_otel_table(names: Sequence[str]) -> bool:
    """Whether columns of these names are such a table."""
    return set(NEEDED) <= set(names)


def used_columns(names: Sequence[str]) -> list[str]:
    """Those of a table's columns that are read."""
    return [name for name in names if name in NEEDED or name in _USED]


class TableReader:
    """Reads the rows of one table. What it learns of values lives in memory only, and is bounded."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._reader = ColumnReader(fault)

    def read(self, batch: pa.RecordBatch, where: str) -> pa.RecordBatch | None:
        """The rows of a batch as a batch of `SPAN`; None, and told, when its columns are not what they should be."""
        try:
            table = TableColumns(batch, partial(self._fault, where))
            return self._reader.read_flat(flat_of(table, len(batch)), [where]) if len(batch) else None
        except (pa.ArrowException, OverflowError):
            self._fault(where, f"{len(batch)} rows whose columns are not those of the Collector's table of spans")
            return None


def flat_of(table: TableColumns, rows: int) -> Flat:
    """The spans as `otlp_arrow.decode` gives them. Raises pyarrow.ArrowException."""
    attributes = table.attributes("SpanAttributes")
    which, resources = resources_of(table.attributes("ResourceAttributes"), table.text("ServiceName"))
    names = table.nested("Events", "Name")
    event_attributes = pairs_of(table.nested("Events", "Attributes").flatten(), table.fault)
    begins = begins_of(names)
    events = _struct(name=texts_of(names.flatten()), attributes=as_lists(event_attributes))
    start = table.nanoseconds("Timestamp")
    spans = _struct(
        trace_id=binary_ids(table.text("TraceId"), 16, trace_id),
        span_id=binary_ids(table.text("SpanId"), 8, span_id),
        parent_span_id=binary_ids(table.text("ParentSpanId"), 8, span_id),
        trace_state=table.text("TraceState"),
        name=table.text("SpanName"),
        kind=table.enum("SpanKind", _KINDS),
        start_time_unix_nano=pa.array(start.astype(np.uint64)),
        end_time_unix_nano=pa.array(_ends(start, table.nanoseconds("Duration"))),
        flags=pa.array(np.zeros(rows, np.uint32)),
        attributes=as_lists(attributes),
        events=list_of(begins, events),
        links=_links(table),
        status=_struct(code=table.enum("StatusCode", {"error": ERROR}), message=table.text("StatusMessage")),
    )
    owners = np.repeat(np.arange(rows), np.diff(begins))
    here = np.zeros(rows, np.int64)
    return Flat(spans, here, which, table.text("ScopeName"), resources, attributes, events, owners, event_attributes)


def _links(table: TableColumns) -> Column:
    traces, spans = table.nested("Links", "TraceId"), table.nested("Links", "SpanId")
    return list_of(begins_of(traces), _struct(trace_id=texts_of(traces.flatten()), span_id=texts_of(spans.flatten())))


def _ends(start: Ints, duration: Ints) -> Ints:
    return np.minimum(start.astype(np.uint64) + duration.astype(np.uint64), np.uint64(MAX_TIME))


def _struct(**columns: Column) -> Column:
    return pa.StructArray.from_arrays(list(columns.values()), list(columns))
