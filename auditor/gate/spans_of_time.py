"""Spans of time on a command line: `90d`, `6w`; and days: `2026-01-31`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from auditor.errors import UsageProblem

_DAYS = {"d": 1, "w": 7}


def days_of(text: str, option: str) -> int:
    """`90d` -> 90, `6w` -> 42. Raises UsageProblem naming the option."""
    found = re.fullmatch(r"(\d{1,4})([dw])", text)
    if not found:
        raise UsageProblem(f"{option}: a number of days or weeks, such as 90d or 6w")
    return int(found[1]) * _DAYS[found[2]]


def day_of(text: str, option: str, today: date) -> date:
    """A day, or a span of time from today on. Raises UsageProblem naming the option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return today + timedelta(days=days_of(text, option))
    except (UsageProblem, OverflowError):
        raise UsageProblem(f"{option}: a day such as 2026-01-31, or a span such as 90d or 6w") from None
