"""Traces numbered, so that the kernel joins and compares them by one small number instead of 128 bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, Ints
from auditor.telemetry.ids import trace_text

_ODD = np.int64(-7046029254386353131)  # 2**64 by the golden ratio: spreads the bits of what it multiplies


@dataclass(frozen=True, slots=True)
class Traces:
    """Distinct traces in the order of their ids; `number` has the place of each span's among them."""

    number: Ints
    high: Ints
    low: Ints

    @staticmethod
    def of(high: Ints, low: Ints) -> Traces:
        """The traces of spans, given the halves of their ids."""
        encoded: Column = pa.array(high ^ (low * _ODD)).dictionary_encode()
        codes = encoded.indices.to_numpy()
        first = np.zeros(len(encoded.dictionary), np.int64)
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        if not (np.array_equal(high[first][codes], high) and np.array_equal(low[first][codes], low)):
            both = np.stack((high, low), axis=1)  # two ids mix to the same bits: tell them apart by all
            _, first, codes = np.unique(both, axis=0, return_index=True, return_inverse=True)
            codes = codes.reshape(-1)
        order = np.lexsort((low[first].view(np.uint64), high[first].view(np.uint64)))
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return Traces(rank[codes], high[first][order], low[first][order])

    def __len__(self) -> int:
        return len(self.high)

    def id(self, number: int) -> str:
        """The id of a trace in hex digits."""
        return trace_text(int(self.high[number]), int(self.low[number]))

    def table(self) -> pa.Table:
        """Numbers and ids."""
        numbers = pa.array(np.arange(len(self), dtype=np.int32))
        return pa.table({"trace_id": numbers, "trace_high": pa.array(self.high), "trace_low": pa.array(self.low)})
