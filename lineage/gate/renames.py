"""Probable renames: a party is gone, another came, and the same data reaches it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from lineage.audit import Audit
from lineage.gate.moved import Moved, MovedKind, Renames
from lineage.gate.subjects import TELEMETRY, Subject
from lineage.lock import Approval, Lock

ALIKE = 0.6  # the least likeness of what reaches the two, 0..1

Party = tuple[str, str]  # kind, name
Shape = frozenset[str]  # what reaches a party: categories, and table.column of fields


@dataclass(frozen=True, slots=True, order=True)
class Proposal:
    """A rename that would explain `approvals` exposures; `likeness` (0..1) is a measure, not a probability."""

    moved: Moved
    approvals: int
    likeness: float


def proposals(
    new: Sequence[Subject], not_seen: Sequence[Approval], lock: Lock, audit: Audit, known: Renames
) -> tuple[Proposal, ...]:
    """Pairs of a party of the lock that was not seen at all and one that the lock does not know, most alike first.

    Each party is in one pair at most. Only what the same categories reach, and the same fields where both sides know
    them, is taken for a rename; a party of which some approvals were seen is still there.
    """
    here = {(e.sink.kind, e.sink.name) for e in audit.exposures} | _present(audit)
    there = {(a.sink_kind, known.current(a.sink_kind, a.sink)) for a in lock.approvals}
    gone = _shapes(
        ((a.sink_kind, known.current(a.sink_kind, a.sink)), a.category, [known.field(f) for f in a.fields])
        for a in not_seen
        if a.sink_kind != TELEMETRY
    )
    came = _shapes(((s.sink_kind, s.sink), s.category, s.fields) for s in new if not s.is_leak)
    pairs = [
        (_likeness(gone[old], came[young]), old, young)
        for old in gone.keys() - here
        for young in came.keys() - there
        if old[0] == young[0]
    ]
    found: list[Proposal] = []
    used: set[Party] = set()
    counts = _counts(not_seen, known)
    for likeness, old, young in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if likeness >= ALIKE and old not in used and young not in used:
            used |= {old, young}
            found.append(Proposal(Moved(cast(MovedKind, old[0]), old[1], young[1]), counts[old], round(likeness, 2)))
    return tuple(found)


def _present(audit: Audit) -> set[tuple[str, str]]:
    """Every party that telemetry showed, whatever reaches it. A store that only DDL tells of was not seen."""
    seen = {("service", service.name) for service in audit.services if service.spans}
    seen |= {("store", store.name) for store in audit.stores if store.system != "not seen"}
    seen |= {("outsider", outsider.name) for outsider in audit.outsiders}
    return seen | {("channel", channel.name) for channel in audit.channels}


def _shapes(found: Iterable[tuple[Party, str, Sequence[str]]]) -> Mapping[Party, tuple[Shape, Shape]]:
    """For each party the categories that reach it, and the fields, without their stores: a store may be renamed too."""
    categories: dict[Party, set[str]] = defaultdict(set)
    columns: dict[Party, set[str]] = defaultdict(set)
    for party, category, fields in found:
        categories[party].add(category)
        columns[party].update(field.rpartition("/")[2] for field in fields)
    return {party: (frozenset(categories[party]), frozenset(columns[party])) for party in categories}


def _likeness(one: tuple[Shape, Shape], other: tuple[Shape, Shape]) -> float:
    """The smaller of how alike the categories and the fields are; fields count where both sides have some."""
    measures = [_overlap(a, b) for a, b in zip(one, other, strict=True) if a and b]
    return min(measures, default=0.0)


def _overlap(one: Shape, other: Shape) -> float:
    return len(one & other) / len(one | other)


def _counts(not_seen: Iterable[Approval], known: Renames) -> Mapping[Party, int]:
    counts: dict[Party, int] = defaultdict(int)
    for approval in not_seen:
        counts[approval.sink_kind, known.current(approval.sink_kind, approval.sink)] += 1
    return counts
