"""The columns of the Collector's table of spans, each as what it is meant to be; those that are missing are empty."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, Ints, pc
from auditor.telemetry.flat import Coded, Events, Links, Owned, Thing
from auditor.telemetry.otel_attributes import Fault, encoded, items_of, list_begins, pairs_of, texts_of
from auditor.telemetry.values import MAX_TIME, span_id, trace_id

_PREFIXES = ("span_kind_", "status_code_")
_SCALE = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


class TableColumns:
    """The columns of a batch. Methods raise pyarrow.ArrowException for a column of a type that cannot be meant."""

    def __init__(self, batch: pa.RecordBatch, fault: Fault) -> None:
        self._names, self._batch, self._fault = set(batch.schema.names), batch, fault

    def text(self, name: str) -> Column:
        """A column of texts."""
        return texts_of(self.column(name))

    def texts(self, name: str) -> Coded[str]:
        """A column of texts that are much the same."""
        return _coded(self.column(name), str)

    def words(self, name: str, read: Callable[[str], Thing]) -> Coded[Thing]:
        """What `read` makes of words, given in lower case and without protobuf's prefix."""
        return _coded(self.column(name), lambda word: read(_plain(word)))

    def attributes(self, name: str) -> Owned:
        """A column of attributes."""
        return pairs_of(self.column(name), self._fault)

    def nanoseconds(self, name: str) -> Ints:
        """Times since the epoch, or durations, between 0 and `MAX_TIME`."""
        column = self.column(name)
        scale = _SCALE[column.type.unit] if pa.types.is_timestamp(column.type) else 1
        if pa.types.is_unsigned_integer(column.type):
            column = pc.min_element_wise(column, pa.scalar(MAX_TIME, pa.uint64()))
        numbers: Ints = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        return np.clip(numbers, 0, MAX_TIME // scale) * scale

    def events(self) -> Events | None:
        """The events of all spans."""
        names = self._nested("Events", "Name")
        texts, begins = texts_of(items_of(names)), list_begins(names)
        attributes = pairs_of(items_of(self._nested("Events", "Attributes")), self._fault)
        if len(attributes.begins) != len(texts) + 1:
            raise pa.ArrowInvalid("nested columns of different lengths")
        return Events(begins, _coded(texts, str), attributes) if len(texts) else None

    def links(self) -> dict[int, Links]:
        """The links of the spans that have some."""
        traces, spans = self._nested("Links", "TraceId"), self._nested("Links", "SpanId")
        begins = list_begins(traces)
        if not np.array_equal(begins, list_begins(spans)):
            raise pa.ArrowInvalid("nested columns of different lengths")
        found = [
            (trace_id(trace), span_id(own))
            for trace, own in zip(*(texts_of(items_of(each)).to_pylist() for each in (traces, spans)), strict=True)
        ]
        return {
            row: tuple((trace, own) for trace, own in found[begins[row] : begins[row + 1]] if trace and own)
            for row in np.flatnonzero(np.diff(begins)).tolist()
        }

    def _nested(self, owner: str, name: str) -> Column:
        """A field of nested entries, a list a row: a column `Events.Name`, or a field of the structs in `Events`."""
        flattened = f"{owner}.{name}" in self._names
        column = self.column(f"{owner}.{name}" if flattened else owner)
        if pa.types.is_null(column.type):
            return _lists(np.zeros(len(column) + 1, np.int64), pa.nulls(0))
        items = items_of(column)
        if flattened:
            return column
        known = pa.types.is_struct(items.type) and items.type.get_field_index(name) >= 0
        return _lists(list_begins(column), pc.struct_field(items, name) if known else pa.nulls(len(items)))

    def column(self, name: str) -> Column:
        """A column as it is."""
        return self._batch.column(name) if name in self._names else pa.nulls(len(self._batch))


def _coded(column: Column, read: Callable[[str], Thing]) -> Coded[Thing]:
    texts, codes = encoded(column)
    return Coded([read(text) for text in texts.to_pylist()], codes)


def _plain(word: str) -> str:
    lower = word.lower()
    return next((lower.removeprefix(prefix) for prefix in _PREFIXES if lower.startswith(prefix)), lower)


def _lists(begins: Ints, items: Column) -> Column:
    offsets: Column = pa.array(begins.astype(np.int32))
    return pa.ListArray.from_arrays(offsets, items)
