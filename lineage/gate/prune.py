"""Pruning: taking out of the lock what a whole window of audits did not show. Only ever on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lineage.audit import Audit
from lineage.findings import Waiver
from lineage.gate.moved import Renames
from lineage.lock import Approval, Lock


@dataclass(frozen=True, slots=True)
class Window:
    """What audits together looked at: days in UTC, and the sum of their traces."""

    first: date
    last: date
    traces: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days


@dataclass(frozen=True, slots=True)
class Pruned:
    """The lock without what was not seen, and what was taken out."""

    lock: Lock
    approvals: tuple[Approval, ...]
    services: tuple[str, ...]
    waivers: tuple[Waiver, ...]


def window_of(audits: Sequence[Audit]) -> Window | None:
    """The window that audits cover; None when none of them holds a time."""
    firsts = [datetime.fromisoformat(audit.scope.first).date() for audit in audits if audit.scope.first]
    lasts = [datetime.fromisoformat(audit.scope.last).date() for audit in audits if audit.scope.last]
    if not firsts or not lasts:
        return None
    return Window(min(firsts), max(lasts), sum(audit.scope.traces for audit in audits))


def prune(
    lock: Lock, waivers: Sequence[Waiver], audits: Sequence[Audit], window: Window, days: int, renames: Renames
) -> Pruned:
    """Take out what none of the audits saw and what was there before the last `days` of their window began.

    Services, and the operations of services, that none of them saw go too: else every run would miss them.
    """
    begin = window.last - timedelta(days=days)
    seen = {id_ for audit in audits for id_ in renames.seen(audit)}
    gone = tuple(a for a in lock.approvals if a.id not in seen and _before(a.at, begin))
    unused = tuple(w for w in waivers if w.id not in seen and _before(w.created, begin))
    services = {service.name for audit in audits for service in audit.services}
    operations = {(s.name, name) for audit in audits for s in audit.services for name in s.operations}
    left = tuple(name for name in lock.services if renames.current("service", name) not in services)
    after = replace(
        lock,
        approvals=tuple(a for a in lock.approvals if a not in gone),
        services=tuple(name for name in lock.services if name not in left),
        operations=tuple(o for o in lock.operations if (renames.current("service", o[0]), o[1]) in operations),
    )
    return Pruned(after, gone, left, unused)


def _before(day: str, begin: date) -> bool:
    """Whether a day lies before another. A day that nobody noted counts as long ago."""
    try:
        return date.fromisoformat(day) <= begin
    except ValueError:
        return not day
