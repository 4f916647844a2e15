"""What is asked of a store of traces: a period of time, and the traces in which certain services take part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auditor.errors import UsageProblem
from auditor.period import Period, nanoseconds
from lineage.times import rfc3339

_DAY = 24 * 3600 * 10**9
_LAST = 2**62  # nanoseconds: in the year 2116, which every store can count to


@dataclass(frozen=True, slots=True)
class Question:
    """Whole traces with spans from `start` to `end` (excluded), in nanoseconds since the epoch, of any of `services`;
    of all when none is named."""

    start: int
    end: int
    services: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The question in words, for the scope of the audit."""
        whose = f" of {', '.join(self.services)}" if self.services else ""
        return f"from {rfc3339(self.start)} to {rfc3339(self.end)}{whose}"


def question_of(period: Period, services: tuple[str, ...], now: datetime) -> Question:
    """The question for a period: until now where it has no end, 24 hours where it has no start.

    Raises UsageProblem for a period that is empty.
    """
    end = min(nanoseconds(now) if period.end is None else period.end, _LAST)
    start = end - _DAY if period.start is None else period.start
    if start >= end:
        raise UsageProblem("--from must lie before --to, which is now when it is not given")
    return Question(max(start, 0), end, tuple(sorted(set(services))))
