"""Times as the audit writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def rfc3339(nanoseconds: int) -> str | None:
    """Nanoseconds since the epoch as UTC with microseconds; None for 0 and for times that no calendar holds."""
    if not nanoseconds:
        return None
    try:
        second = datetime.fromtimestamp(nanoseconds // 10**9, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return second.replace(microsecond=nanoseconds % 10**9 // 1000).isoformat(timespec="microseconds")


def moment(text: str | None) -> datetime | None:
    """A time that an audit tells, in UTC where it names no offset; None when there is none or it cannot be read."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
