"""The gate's one clock, in UTC: tests set it."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """The day it is, in UTC."""
    return datetime.now(UTC).date()
