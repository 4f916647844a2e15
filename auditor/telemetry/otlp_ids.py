"""Ids as OTLP sends them, bytes or hex digits in JSON, to the whole numbers of span batches, a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from auditor.telemetry.columns import Column, Flags, Ints, pc
from auditor.telemetry.flat import Ids
from auditor.telemetry.json_columns import parsed
from auditor.telemetry.raw import Value

Octets = npt.NDArray[np.uint8]
_WORD = 8  # bytes
_NO_DIGIT, _QUOTE = 255, ord('"')
_BASE64 = (26, 14)  # the lengths, with quotes, of ids that protobuf's own JSON writes
_DIGITS = np.full(256, _NO_DIGIT, np.uint8)
for _digit in b"0123456789abcdefABCDEF":
    _DIGITS[_digit] = int(chr(_digit), 16)


def ids_of(column: Column, size: int, one: Callable[[bytes], str | None]) -> Ids:
    """Ids of `size` bytes; not there where all are zero or none are given. `one` tells those of another size in hex."""
    lengths = pc.binary_length(column).to_numpy(zero_copy_only=False)
    if len(column) == 0 or not np.isin(lengths, (0, size)).all():
        return _of_texts(map(one, column.to_pylist()), size)
    words = np.zeros((len(column), size // _WORD), np.int64)
    words[lengths == size] = _words(_bytes_of(column), size)
    return _ids(words)


def ids_of_leaves(column: Column, size: int, one: Callable[[Value], str | None]) -> Ids:
    """As `ids_of`, of JSON texts: hex digits of at most `size` bytes, in quotes; leading zeros may be missing.

    All are read by `one` where some are written in another way.
    """
    texts = pc.fill_null(column, '""')
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    signs, ends = _bytes_of(texts), np.cumsum(lengths)
    usual = (lengths >= 2) & (lengths <= 2 * size + 2) & ~np.isin(lengths, _BASE64)
    if usual.all() and (signs[ends - lengths] == _QUOTE).all():  # a number is no id
        digits = _DIGITS[signs]
        digits[np.concatenate((ends - lengths, ends - 1))] = 0
        if not (digits == _NO_DIGIT).any():
            return _ids(_words(_packed(digits, lengths, ends, 2 * size), size))
    return _of_texts(map(one, parsed(column.to_pylist())), size)


def _packed(digits: Octets, lengths: Ints, ends: Ints, full: int) -> Octets:
    """Digits between two signs, one text behind the other, as bytes of `full` digits for each text."""
    if (lengths == full + 2).all():
        grid = digits.reshape(-1, full + 2)[:, 1:-1]
    else:
        grid = np.zeros((len(lengths), full), np.uint8)
        rows = np.repeat(np.arange(len(lengths)), lengths)
        columns = full + 1 + np.arange(len(digits)) - ends[rows]
        inside = (columns >= 0) & (columns < full)
        grid[rows[inside], columns[inside]] = digits[inside]
    packed: Octets = np.left_shift(grid[:, ::2], np.uint8(4)) | grid[:, 1::2]
    return packed


def _of_texts(texts: Iterable[str | None], size: int) -> Ids:
    data = b"".join(bytes.fromhex(text) if text else bytes(size) for text in texts)
    words = _words(np.frombuffer(data, np.uint8), size)
    return _ids(words)


def _ids(words: Ints) -> Ids:
    there: Flags = np.asarray(words.any(axis=1))
    return Ids(words, there)


def _bytes_of(column: Column) -> Octets:
    """All bytes of a column of texts or bytes, one behind the other."""
    if len(column) == 0:
        return np.zeros(0, np.uint8)
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(column.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]


def _words(data: Octets, size: int) -> Ints:
    return np.frombuffer(data.tobytes(), ">i8").astype(np.int64).reshape(-1, size // _WORD)
