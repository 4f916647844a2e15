"""Waivers: leave for a while, with a reason, an owner and an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lineage.findings import Waiver
from lineage.gate.subjects import Subject

USUAL_DAYS = 90
MOST_DAYS = 365
MOST_DAYS_OF_SECRETS = 30
WARN_DAYS = 42  # six weeks
OPENS_DOORS = "secret"  # the regulatory group


@dataclass(frozen=True, slots=True)
class WaiverLimits:
    """How long waivers may run, in days: what they get when nobody says, the most, and when their end is told."""

    usual: int = USUAL_DAYS
    most: int = MOST_DAYS
    warn: int = WARN_DAYS

    def most_for(self, subject: Subject, by_rules: int | None) -> int:
        """The most days for this exposure; `by_rules` is what the rules that forbid it allow, None for nothing said."""
        limits = [self.most, *([by_rules] if by_rules is not None else [])]
        if OPENS_DOORS in subject.groups:
            limits.append(MOST_DAYS_OF_SECRETS)
        return min(limits)


USUAL_LIMITS = WaiverLimits()


def expired(waiver: Waiver, today: date) -> bool:
    """Whether it has ended: its last day still counts."""
    return date.fromisoformat(waiver.expires) < today


def days_left(waiver: Waiver, today: date) -> int:
    """Whole days until its last day."""
    return (date.fromisoformat(waiver.expires) - today).days


def too_long(waiver: Waiver, most: int, today: date) -> bool:
    """Whether it runs for more than `most` days: from the day it was made, or from today when that is not said (or
    lies in the future)."""
    start = min(date.fromisoformat(waiver.created), today) if waiver.created else today
    return date.fromisoformat(waiver.expires) > start + timedelta(days=most)
