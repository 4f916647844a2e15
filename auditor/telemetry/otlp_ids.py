"""Ids as OTLP sends them, bytes, to the whole numbers of span batches, a column at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from auditor.telemetry.columns import Column, Flags, Ints, pc

_WORD = 8  # bytes


@dataclass(frozen=True, slots=True)
class Ids:
    """`words[i, j]` are 64 bits of id i, the highest first; nothing where not `there`."""

    words: Ints
    there: Flags


def ids_of(column: Column, size: int, one: Callable[[bytes], str | None]) -> Ids:
    """Ids of `size` bytes; not there where all are zero or none are given. `one` tells those of another size in hex."""
    lengths = pc.binary_length(column).to_numpy(zero_copy_only=False)
    if len(column) == 0 or not np.isin(lengths, (0, size)).all():
        texts = [one(value) for value in column.to_pylist()]
        data = b"".join(bytes.fromhex(text) if text else bytes(size) for text in texts)
        words = _words(data, size)
    else:
        offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
        data = column.buffers()[2] or b""
        words = np.zeros((len(column), size // _WORD), np.int64)
        words[lengths == size] = _words(memoryview(data)[offsets[0] : offsets[-1]], size)
    there: Flags = np.asarray(words.any(axis=1))
    return Ids(words, there)


def _words(data: bytes | memoryview, size: int) -> Ints:
    return np.frombuffer(data, ">i8").astype(np.int64).reshape(-1, size // _WORD)
