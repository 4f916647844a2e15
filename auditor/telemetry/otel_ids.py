"""Ids in hex, as the Collector's table has them, to bytes, as OTLP has them: a column at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, pc

_NIBBLES = np.zeros(256, np.uint8)
for _number, _digit in enumerate("0123456789abcdef"):
    _NIBBLES[ord(_digit)] = _NIBBLES[ord(_digit.upper())] = _number


def binary_ids(column: Column, size: int, one: Callable[[str], str | None]) -> Column:
    """Ids of `size` bytes, empty where there are none; what is not written in two digits a byte is told by `one`."""
    if not pc.all(pc.match_substring_regex(column, f"^(?:[0-9a-fA-F]{{{size * 2}}})?$")).as_py():
        return pa.array((bytes.fromhex(one(text) or "") for text in column.to_pylist()), pa.binary())
    there = pc.not_equal(column, "").to_numpy(zero_copy_only=False)
    digits = _NIBBLES[np.frombuffer("".join(column.to_pylist()).encode(), np.uint8)]
    ends = np.concatenate((np.zeros(1, np.int32), np.cumsum(there * size, dtype=np.int32)))
    data = digits[0::2] << 4 | digits[1::2]
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(data.tobytes())]
    return pa.BinaryArray.from_buffers(pa.binary(), len(column), buffers)
