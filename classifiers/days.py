"""Columns of days: birth dates spread over a lifetime, other days over a few years."""

from __future__ import annotations

import re
from collections.abc import Sequence

_FORMS = (
    re.compile(r"(?P<y>\d{4})[\-/.](?P<m>\d{1,2})[\-/.](?P<d>\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?"),
    re.compile(r"(?P<d>\d{1,2})[\-/. ](?P<m>\d{1,2})[\-/. ](?P<y>\d{4})"),
    re.compile(r"(?P<m>\d{1,2})[\-/](?P<d>\d{1,2})[\-/](?P<y>\d{4})"),
)
_SPREAD = 25  # years between the first tenth and the last tenth of the days
_ADULT = 2010  # half of the people in most tables were born before


def year(text: str) -> int | None:
    """The year of a day (no time of day, but midnight); None when the text is none."""
    for form in _FORMS:
        found = form.fullmatch(text)
        if found and 1 <= int(found["m"]) <= 12 and 1 <= int(found["d"]) <= 31:
            return int(found["y"])
    return None


def births(values: Sequence[str]) -> int:
    """How many of the values are days, when these are spread as birth dates are; 0 when they are not."""
    years = sorted(found for value in values if (found := year(value)) is not None)
    if len(years) < 5:
        return 0
    tenth = len(years) // 10
    first, last = years[tenth], years[-1 - tenth]
    spread_out = 1900 <= first <= 1995 and last - first >= _SPREAD and years[len(years) // 2] < _ADULT
    return len(years) if spread_out else 0
