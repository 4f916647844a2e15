"""Which items came before: their keys, in a window of time, in bounded memory.

Two generations of hash tables with open addressing, in numpy so that a batch is looked up at once. A key is a keyed
hash of 64 bits: with 4 million remembered, a new span is taken for an old one once in 4 * 10**12.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
_FREE = np.uint64(0)
_SMALLEST = 1 << 12


class Table:
    """A set of keys that grows; at most half full. The key 0 stands for free: `as_keys` makes none."""

    def __init__(self) -> None:
        self._slots: Keys = np.zeros(_SMALLEST, np.uint64)
        self.size = 0

    def has(self, keys: Keys) -> Mask:
        """Which of the keys are in the set."""
        found = np.zeros(len(keys), np.bool_)
        at = self._first(keys)
        left = np.arange(len(keys))
        while len(left):
            there = self._slots[at]
            found[left] = there == keys
            go_on = (there != keys) & (there != _FREE)
            left, keys, at = left[go_on], keys[go_on], self._next(at[go_on])
        return found

    def add(self, keys: Keys) -> None:
        """Put in keys, of which none is in the set and none occurs twice."""
        while 2 * (self.size + len(keys)) > len(self._slots):
            kept = self._slots[self._slots != _FREE]
            self._slots = np.zeros(2 * len(self._slots), np.uint64)
            self._put(kept)
        self._put(keys)
        self.size += len(keys)

    def _put(self, keys: Keys) -> None:
        at = self._first(keys)
        while len(keys):
            free = self._slots[at] == _FREE
            self._slots[at[free]] = keys[free]  # of several that want a slot, one gets it
            go_on = self._slots[at] != keys
            keys, at = keys[go_on], self._next(at[go_on])

    def _first(self, keys: Keys) -> npt.NDArray[np.int64]:
        return (keys & np.uint64(len(self._slots) - 1)).astype(np.int64)

    def _next(self, at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return (at + 1) & (len(self._slots) - 1)


class Seen:
    """The keys of at least the last `seconds`, or of the last `most` // 2 items when more came."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, max(1, most // 2)
        self._now, self._before = Table(), Table()
        self._since: float | None = None

    def new(self, keys: Keys) -> Mask:
        """Which keys did not come before, neither earlier nor earlier in `keys`."""
        fresh = np.zeros(len(keys), np.bool_)
        fresh[np.unique(keys, return_index=True)[1]] = True
        fresh &= ~self._now.has(keys)
        fresh &= ~self._before.has(keys)
        return fresh

    def add(self, keys: Keys, now: float) -> None:
        """Remember keys that are `new`, at a time in seconds."""
        if self._since is None:
            self._since = now
        if now - self._since >= self._seconds or self._now.size + len(keys) > self._most:
            self._before, self._now, self._since = self._now, Table(), now
        self._now.add(keys)

    def __len__(self) -> int:
        return self._now.size + self._before.size


def as_keys(hashes: Keys) -> Keys:
    """Hashes as keys: no 0."""
    return np.maximum(hashes, np.uint64(1))
