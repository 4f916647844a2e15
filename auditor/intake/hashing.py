"""Keyed hashes of 64 bits, a column at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from auditor.telemetry.columns import Column, pc

Hashes = npt.NDArray[np.uint64]
_FACTORS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))  # of MurmurHash3's finaliser
_SHIFT = np.uint64(33)


class Hasher:
    """Hashes under one secret: whoever does not know it cannot make two things alike."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret[:64]

    def one(self, text: bytes) -> int:
        """The hash of one text."""
        return int.from_bytes(hashlib.blake2b(text, digest_size=8, key=self._secret).digest(), "little")

    def texts(self, column: Column, width: int = 0) -> Hashes:
        """Of a column of texts; quick where all are `width` bytes long (0 for none), or few are distinct."""
        words = _words(column, width)
        if words is not None:
            return self.mixed(list(words.T))
        encoded = column.dictionary_encode()
        hashes = np.array([self.one((text or "").encode()) for text in encoded.dictionary.to_pylist()], np.uint64)
        return hashes[encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)] if len(hashes) else _none(column)

    def mixed(self, columns: Sequence[Hashes]) -> Hashes:
        """One hash of several columns of 64 bits."""
        mixed = np.full(len(columns[0]), self.one(b"start"), np.uint64)
        for place, column in enumerate(columns):
            mixed = _mix(mixed ^ column ^ np.uint64(self.one(b"%d" % place)))
        return mixed


def _none(column: Column) -> Hashes:
    return np.zeros(len(column), np.uint64)


def _mix(values: Hashes) -> Hashes:
    for factor in _FACTORS:
        values = (values ^ (values >> _SHIFT)) * factor
    return values ^ (values >> _SHIFT)


def _words(column: Column, width: int) -> npt.NDArray[np.uint64] | None:
    """The bytes of texts as rows of 64-bit words, when each has exactly `width` of them."""
    if not width or not len(column) or column.null_count:
        return None
    if pc.min_max(pc.binary_length(column)).as_py() != {"min": width, "max": width}:
        return None
    begin = column.offset
    offsets = np.frombuffer(column.buffers()[1], np.int32)[begin : begin + len(column) + 1]
    data = np.frombuffer(column.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    return data.reshape(-1, width).view(np.uint64)
