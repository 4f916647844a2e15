"""The windows of the index: whole hours in UTC, written as nanoseconds since the epoch of their first moment."""

from __future__ import annotations

from datetime import UTC, datetime

HOUR = 3_600 * 10**9
UNDATED = 0  # the window of traces whose times cannot be true
EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 10**9
LATEST = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp()) * 10**9


def name_of(window: int) -> str:
    """The window's name, which is its folder's: `20260131T09`, or `undated`."""
    if window == UNDATED:
        return "undated"
    return datetime.fromtimestamp(window // 10**9, UTC).strftime("%Y%m%dT%H")


def shown(nanoseconds: int) -> str:
    """A time as people write it on a command line: RFC 3339 to the second, in UTC."""
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
