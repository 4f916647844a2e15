"""Who touches a field or category: by which operations, in which roles, for whom, and who is handed it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lineage.audit import Audit
from lineage.index import index_of
from lineage.model import EVIDENCE, Direction, EvidenceLevel, Party, Role
from lineage.wanted import carrying, categories_of, find, touching


@dataclass(frozen=True, slots=True)
class Toucher:
    """An operation that touches a field in its own statements; `whole_row` when only as a part of a row."""

    service: str
    operation: str
    field: str
    categories: tuple[str, ...]
    roles: tuple[Role, ...]
    calls: int
    certain: bool
    whole_row: bool


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """An operation further up whose calls make others touch it; `accesses` counts their statements."""

    service: str
    operation: str
    accesses: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A party that is handed it by another."""

    party: Party
    by: Party
    direction: Direction
    category: str
    field: str | None
    evidence: EvidenceLevel
    calls: int


@dataclass(frozen=True, slots=True)
class WhoTouches:
    """`touchers` touch it themselves, `on_behalf` make others do so by calling them, `handed` get it from others."""

    wanted: str
    touchers: tuple[Toucher, ...]
    on_behalf: tuple[OnBehalf, ...]
    handed: tuple[Handed, ...]


def who_touches(audit: Audit, wanted: str) -> WhoTouches:
    """The answer for a field, a pattern of fields or a category. Raises UnknownName."""
    what = find(audit, wanted)
    labels = categories_of(audit)
    accesses = touching(audit, what.fields)
    touchers = [
        Toucher(
            access.service,
            access.operation,
            access.field,
            labels.get(access.field, ()),
            access.roles,
            access.calls,
            access.certain,
            access.field.endswith(".*"),
        )
        for access in accesses
    ]
    statements: dict[tuple[str, str], set[str]] = defaultdict(set)
    for access in accesses:
        statements[access.service, access.operation].update(access.statements)
    handed = [
        Handed(flow.sink, flow.source, flow.direction, flow.category, flow.field, flow.evidence, flow.calls)
        for flow in carrying(audit, what)
        if flow.direction not in ("read", "write")
    ]
    return WhoTouches(
        wanted,
        tuple(sorted(touchers, key=lambda t: (-t.calls, t.service, t.operation, t.field))),
        _on_behalf(audit, statements),
        tuple(sorted(handed, key=lambda h: (EVIDENCE.index(h.evidence), h.party, h.by, h.category, h.field or ""))),
    )


def _on_behalf(audit: Audit, statements: dict[tuple[str, str], set[str]]) -> tuple[OnBehalf, ...]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    by_last = index_of(audit).contexts_by_last
    for last, ids in statements.items():
        for context in by_last.get(last, ()):
            runs = sum(run.calls for run in context.statements if run.statement in ids)
            for operation in set(context.path[:-1]) if runs else ():
                counts[operation.service, operation.name] += runs
    found = [OnBehalf(service, operation, accesses) for (service, operation), accesses in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.accesses, one.service, one.operation)))
