"""The columns of the Collector's table of spans, each as what it is meant to be; those that are missing are empty."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, Ints, pc
from auditor.telemetry.otel_attributes import Fault, begins_of, items_of, list_of, pairs_of, texts_of
from auditor.telemetry.otlp_arrow import Attributes
from auditor.telemetry.values import MAX_TIME

_PREFIX = r"^(?:SPAN_KIND|STATUS_CODE)_"
_SCALE = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


class TableColumns:
    """The columns of a batch. Methods raise pyarrow.ArrowException for a column of a type that cannot be meant."""

    def __init__(self, batch: pa.RecordBatch, fault: Fault) -> None:
        self._names, self._batch, self.fault = set(batch.schema.names), batch, fault

    def text(self, name: str) -> Column:
        """A column of texts."""
        return texts_of(self._column(name))

    def attributes(self, name: str) -> Attributes:
        """A column of attributes."""
        return pairs_of(self._column(name), self.fault)

    def enum(self, name: str, numbers: Mapping[str, int]) -> Column:
        """The number of each word, in any letter case and with protobuf's prefix or without; 0 for others."""
        encoded = self.text(name).dictionary_encode()
        words = pc.utf8_lower(pc.replace_substring_regex(encoded.dictionary, _PREFIX, "")).to_pylist()
        return pa.array((numbers.get(word, 0) for word in words), pa.int32()).take(encoded.indices)

    def nanoseconds(self, name: str) -> Ints:
        """Times since the epoch, or durations, between 0 and `MAX_TIME`."""
        column = self._column(name)
        scale = _SCALE[column.type.unit] if pa.types.is_timestamp(column.type) else 1
        if pa.types.is_unsigned_integer(column.type):
            column = pc.min_element_wise(column, pa.scalar(MAX_TIME, pa.uint64()))
        numbers: Ints = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        return np.clip(numbers, 0, MAX_TIME // scale) * scale

    def nested(self, owner: str, name: str) -> Column:
        """A field of nested entries, a list a row: a column `Events.Name`, or a field of the structs in `Events`."""
        flattened = f"{owner}.{name}" in self._names
        column = self._column(f"{owner}.{name}" if flattened else owner)
        if pa.types.is_null(column.type):
            return list_of(np.zeros(len(column) + 1, np.int64), pa.nulls(0))
        items = items_of(column)
        if flattened:
            return column
        known = pa.types.is_struct(items.type) and items.type.get_field_index(name) >= 0
        return list_of(begins_of(column), pc.struct_field(items, name) if known else pa.nulls(len(items)))

    def _column(self, name: str) -> Column:
        return self._batch.column(name) if name in self._names else pa.nulls(len(self._batch))
