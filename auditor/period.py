"""Periods on a command line: `--from` and `--to`, as RFC 3339 times or as spans of time before now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from auditor.errors import UsageProblem

_SPAN = re.compile(r"(\d{1,5})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, which is not included: nanoseconds since the epoch, None where it is open."""

    start: int | None = None
    end: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is all of time."""
        return self.start is None and self.end is None


def read_period(start: str | None, end: str | None, now: datetime) -> Period:
    """`--from` and `--to`. Raises UsageProblem naming the option."""
    period = Period(_time(start, "--from", now), _time(end, "--to", now))
    if period.start is not None and period.end is not None and period.start >= period.end:
        raise UsageProblem("--from must lie before --to")
    return period


def nanoseconds(time: datetime) -> int:
    """A time as nanoseconds since the epoch, whole microseconds of them."""
    return (time - _EPOCH) // timedelta(microseconds=1) * 1_000


def _time(text: str | None, option: str, now: datetime) -> int | None:
    if text is None:
        return None
    try:
        found = _SPAN.fullmatch(text)
        if found:
            then = now - timedelta(**{_UNITS[found[2]]: int(found[1])})
            is_short = found[2] in "sm"  # longer spans begin with an hour: that is what is always kept
            return nanoseconds(then if is_short else then.replace(minute=0, second=0, microsecond=0))
        time = datetime.fromisoformat(text)
        return nanoseconds(time if time.tzinfo else time.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        message = "a time such as 2026-01-31T09:00:00Z, a day, or a span before now such as 30m, 24h, 7d or 2w"
        raise UsageProblem(f"{option}: {message}") from None
