"""Keyed hashes of 64 bits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

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

    def mixed(self, columns: Sequence[Hashes]) -> Hashes:
        """One hash of several columns of 64 bits, row by row."""
        mixed = np.full(len(columns[0]), self.one(b"start"), np.uint64)
        for place, column in enumerate(columns):
            mixed = _mix(mixed ^ column ^ np.uint64(self.one(b"%d" % place)))
        return mixed


def _mix(values: Hashes) -> Hashes:
    for factor in _FACTORS:
        values = (values ^ (values >> _SHIFT)) * factor
    return values ^ (values >> _SHIFT)
