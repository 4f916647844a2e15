"""The values of attributes as small numbers: one for each distinct value of a batch, whatever its type."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, Flags, Ints, pc
from auditor.telemetry.effects import SMALL
from auditor.telemetry.otlp_nested import NESTED, nested
from auditor.telemetry.raw import Value

_SCALARS = ("string_value", "int_value", "double_value", "bool_value", "bytes_value")


class Values:
    """`codes` has a number for each attribute; `value` and `kept` say what it stands for."""

    def __init__(self, array: Column) -> None:
        self.codes: Ints = np.zeros(len(array), np.int64)
        self._kinds: list[str] = ["none"]
        self._begins: list[int] = [0]
        self._tables: list[list[Any]] = [[None]]
        self.count = 1
        for kind in (*_SCALARS, *NESTED):
            column = pc.struct_field(array, kind)
            if column.null_count == len(column):
                continue
            encoded = column.dictionary_encode()
            there = encoded.indices.is_valid().to_numpy(zero_copy_only=False)
            indices = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
            self.codes[there] = indices[there] + self.count
            self._add(kind, encoded.dictionary)

    def replace(self, pairs: Ints, stand_in: Callable[[Column], Column]) -> None:
        """Let other texts stand for those of these pairs."""
        codes, inverse = np.unique(self.codes[pairs], return_inverse=True)
        texts = [self.text(code) for code in codes.tolist()]
        encoded = stand_in(pa.array(texts, pa.string())).dictionary_encode()
        there = encoded.indices.is_valid().to_numpy(zero_copy_only=False)
        codes[there] = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)[there] + self.count
        self._add("string_value", encoded.dictionary)
        self.codes[pairs] = codes[inverse]

    def _add(self, kind: str, distinct: Column) -> None:
        self._kinds.append(kind)
        self._begins.append(self.count)
        self._tables.append(distinct.to_pylist())
        self.count += len(distinct)

    def value(self, code: int) -> Value:
        """The value itself."""
        kind, raw = self._at(code)
        return nested(kind, raw) if kind in NESTED else raw

    def kept(self, code: int) -> Hashable:
        """What tells this value from others: its type too, for `1`, `1.0` and `True` are equal."""
        kind, raw = self._at(code)
        return kind, repr(raw) if kind == "double_value" else raw

    def text(self, code: int) -> str | None:
        """The value if it is a text."""
        kind, raw = self._at(code)
        return raw if kind == "string_value" else None

    def small_numbers(self, pairs: Ints) -> Flags:
        """Which of these pairs have an integer as value that no rule looks at."""
        codes, inverse = np.unique(self.codes[pairs], return_inverse=True)
        values = (self._at(code) for code in codes.tolist())
        small = (kind == "int_value" and abs(number) < SMALL for kind, number in values)
        return np.fromiter(small, np.bool_, len(codes))[inverse]

    def _at(self, code: int) -> tuple[str, Any]:
        table = bisect_right(self._begins, code) - 1
        return self._kinds[table], self._tables[table][code - self._begins[table]]
