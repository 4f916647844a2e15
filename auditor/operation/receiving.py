"""`[serve.store]` and `[serve.intake]`: how long and how far back the live service keeps, how much it takes at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.index.upkeep import Keep
from auditor.intake.limits import MIB, Limits
from auditor.live.pace import Pace
from auditor.operation.table import Table

_DAY = 86_400.0
_LONG = 36_500  # days


@dataclass(frozen=True, slots=True)
class Receiving:
    """How a service with a store works."""

    pace: Pace = field(default_factory=Pace)
    keep: Keep = field(default_factory=Keep)
    limits: Limits = field(default_factory=Limits)


def read_receiving(store: Table, intake: Table) -> Receiving:
    """What the two tables say; mistakes go to them."""
    usual, keep = Receiving(), Keep()
    keep = Keep(
        store.integer("keep_spans", keep.spans, 1, _LONG),
        store.integer("keep_contexts", keep.contexts, 1, _LONG),
        store.integer("keep_models", keep.models, 1, _LONG),
    )
    if not keep.spans <= keep.contexts <= keep.models:
        store.mistake("keep_spans", "must be at most keep_contexts, and that at most keep_models")
    window = store.number("window", min(usual.pace.window / _DAY, keep.models), 0.05, _LONG)
    if window > keep.models:
        store.mistake("window", "must be at most keep_models: audits cannot look back further than what is kept")
    pace = Pace(
        quiet=store.number("quiet", usual.pace.quiet, 0.1, 600),
        move=store.number("move", usual.pace.move, 1, 3_600),
        count=store.number("count", usual.pace.count, 1, 3_600),
        window=window * _DAY,
    )
    limits = Limits(
        request_bytes=_mib(intake, "request_mib", usual.limits.request_bytes),
        waiting_bytes=_mib(intake, "waiting_mib", usual.limits.waiting_bytes),
        journal_bytes=_mib(intake, "journal_mib", usual.limits.journal_bytes),
        free_bytes=_mib(intake, "free_mib", usual.limits.free_bytes),
        remembered_seconds=intake.number("remembered", usual.limits.remembered_seconds, 1, 7 * _DAY),
        remembered_spans=intake.integer("remembered_spans", usual.limits.remembered_spans, 1_000, 1 << 30),
        body_seconds=intake.number("body_seconds", usual.limits.body_seconds, 0.1, 3_600),
    )
    store.end()
    intake.end()
    return Receiving(pace, keep, limits)


def _mib(table: Table, key: str, usual: int) -> int:
    return table.integer(key, usual // MIB, 1, 1 << 20) * MIB
