"""What became of everything that came in, counted: received = accepted + rejected + refused + deduplicated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.intake.messages import Outcome, Reason, Signal

Kind = tuple[Signal, Outcome, Reason]


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """`requests` ended so, and so many `items` (spans, data points, log records) of whatever requests.

    The items of a request that was not read (malformed, refused at the door) are not known, and not counted.
    """

    requests: int = 0
    items: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.requests + other.requests, self.items + other.items)


class Counters:
    """Counts by signal, outcome and reason. Not safe for threads: whoever shares it holds a lock."""

    def __init__(self, counts: Mapping[Kind, Count] | None = None) -> None:
        self._counts: defaultdict[Kind, Count] = defaultdict(Count, counts or {})

    def add(
        self, signal: Signal, outcome: Outcome, reason: Reason = Reason.NONE, *, requests: int = 0, items: int = 0
    ) -> None:
        """Count."""
        if requests or items:
            self._counts[signal, outcome, reason] += Count(requests, items)

    def update(self, other: Counters) -> None:
        """Count all that `other` counted."""
        for kind, count in other:
            self._counts[kind] += count

    def subtract(self, other: Counters) -> None:
        """Take away what was counted before."""
        for kind, count in other:
            self._counts[kind] += Count(-count.requests, -count.items)
            if self._counts[kind] == Count():
                del self._counts[kind]

    def received(self, signal: Signal) -> Count:
        """All that came in of a signal."""
        return sum((count for (of, _, _), count in self if of == signal), Count())

    def of(self, signal: Signal, outcome: Outcome) -> Count:
        """All that ended so, for whatever reason."""
        return sum((count for (of, ended, _), count in self if (of, ended) == (signal, outcome)), Count())

    def __iter__(self) -> Iterator[tuple[Kind, Count]]:
        return iter(sorted(self._counts.items()))

    def __bool__(self) -> bool:
        return bool(self._counts)
