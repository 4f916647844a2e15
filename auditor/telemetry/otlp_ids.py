"""Ids as OTLP sends them, bytes, to lower-case hex digits, a column at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, pc

_DIGITS = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), np.uint16)


def hex_ids(column: Column, size: int, one: Callable[[bytes], str | None]) -> Column:
    """Ids of `size` bytes in hex, null where all bytes are zero or none are there; those of another size by `one`."""
    lengths = pc.binary_length(column).to_numpy(zero_copy_only=False)
    if len(column) == 0 or not np.isin(lengths, (0, size)).all():
        return pa.array((one(value) for value in column.to_pylist()), pa.string())
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    data = column.buffers()[2]
    plain = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data is not None else np.zeros(0, np.uint8)
    there = lengths == size
    there[there] = plain.reshape(-1, size).any(axis=1)
    ends = np.concatenate((np.zeros(1, np.int32), np.cumsum(lengths * 2, dtype=np.int32)))
    valid = pa.array(there).buffers()[1]
    text = pa.py_buffer(_DIGITS[plain].tobytes())
    return pa.StringArray.from_buffers(len(column), pa.py_buffer(ends.tobytes()), text, valid, int((~there).sum()))
