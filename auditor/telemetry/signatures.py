"""Spans told apart by all that counts in their rows: a number of 128 bits for each, equal where the rows will be.

Of a span's attributes only their effects count (`effects.py`). Sums of mixed numbers do not depend on the order.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from auditor.telemetry.columns import Ints, first_of_each

Hashes = npt.NDArray[np.uint64]
_MOST = 1 << 17  # answers that are remembered
_SEEDS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03))


class Interned:
    """Numbers for things, from 1, the same as long as this lives; 0 stands for None."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._remembered: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, thing: Hashable) -> int:
        """The number of a thing."""
        return 0 if thing is None else self._numbers.setdefault(thing, len(self._numbers) + 1)

    def recall(self, question: Hashable) -> int | None:
        """The number remembered for a question."""
        return self._remembered.get(question)

    def remember(self, question: Hashable, number: int) -> None:
        """Remember the number of the answer to a question, as far as there is room."""
        if len(self._remembered) >= _MOST:
            self._remembered.clear()
        self._remembered[question] = number


class Signatures:
    """Adds up, for `count` spans, what is told of them. Two sums with different mixing make 128 bits.

    `numbers` stand for things, `codes` pick one of them for each row; 0 stands for nothing and adds nothing.
    """

    def __init__(self, count: int) -> None:
        self._sums = [np.zeros(count, np.uint64) for _ in _SEEDS]

    def add(self, aspect: int, numbers: Sequence[int] | Ints, codes: Ints) -> None:
        """One thing for each span, for one aspect (0 to 15) of it."""
        for total, seed in zip(self._sums, _SEEDS, strict=True):
            total += _mixed(numbers, aspect, seed)[codes]

    def add_many(self, aspect: int, numbers: Sequence[int] | Ints, codes: Ints, begins: Ints) -> None:
        """Any number of things for each span: those of span `i` have `codes[begins[i]:begins[i + 1]]`."""
        running = np.zeros(len(codes) + 1, np.uint64)
        for total, seed in zip(self._sums, _SEEDS, strict=True):
            np.cumsum(_mixed(numbers, aspect, seed)[codes], out=running[1:])
            total += running[begins[1:]] - running[begins[:-1]]

    def distinct(self) -> tuple[Sequence[tuple[int, int]], Ints, Ints]:
        """(signatures, index of a span for each, the signature of each span by its place in the first)."""
        low, high = self._sums
        first, inverse = first_of_each(pa.array(low))
        if not np.array_equal(high, high[first][inverse]):  # half of the bits collide: tell them apart by all
            both = np.stack((low, high), axis=1)
            _, first, inverse = np.unique(both, axis=0, return_index=True, return_inverse=True)
        return list(zip(low[first].tolist(), high[first].tolist(), strict=True)), first, inverse.reshape(-1)


def _mixed(numbers: Sequence[int] | Ints, aspect: int, seed: np.uint64) -> Hashes:
    """SplitMix64's finish, which spreads every bit over all."""
    plain = np.asarray(numbers, np.uint64)
    mixed = (plain << np.uint64(4)) + np.uint64(aspect) + seed
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    mixed = (mixed * seed) ^ (mixed >> np.uint64(29))
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed[plain == 0] = 0
    return mixed
