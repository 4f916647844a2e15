"""Ids to lower-case hex digits, a column at a time: bytes as protobuf has them, or leaves of JSON."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, pc
from auditor.telemetry.flat import begins_of
from auditor.telemetry.json_columns import parsed
from auditor.telemetry.raw import Value

_DIGITS = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), np.uint16)
_LOWER = np.zeros(256, np.uint8)  # for each digit as it is in lower case; 0 for what is no digit
for _digit in b"0123456789abcdefABCDEF":
    _LOWER[_digit] = ord(chr(_digit).lower())
_QUOTE, _ZERO = ord('"'), ord("0")


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


def hex_leaves(column: Column, digits: int, one: Callable[[Value], str | None]) -> Column:
    """Ids as JSON text of so many hex digits in lower case, null where all are zero or none are there.

    Where one is written in another way, all are read by `one`.
    """
    texts = pc.fill_null(column, '""')
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    if len(texts) == 0 or not np.isin(lengths, (2, digits + 2)).all():
        return pa.array(map(one, parsed(column.to_pylist())), pa.string())
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    there = lengths > 2
    plain = np.frombuffer(texts.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    rows = plain[np.repeat(there, lengths)].reshape(-1, digits + 2)
    lower = _LOWER[rows[:, 1:-1]]
    if not (lower.all() and (rows[:, 0] == _QUOTE).all()):
        return pa.array(map(one, parsed(column.to_pylist())), pa.string())
    there[there] = (lower != _ZERO).any(axis=1)
    ends = begins_of(there * digits).astype(np.int32)
    text = pa.py_buffer(lower[(lower != _ZERO).any(axis=1)].tobytes())
    valid = pa.array(there).buffers()[1]
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends.tobytes()), text, valid, int((~there).sum()))
