"""How much was seen: what was read, what of it was understood, and who stayed silent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lineage.audit import Audit, Coverage
from lineage.index import index_of
from lineage.model import Gap


@dataclass(frozen=True, slots=True)
class GapKind:
    """All gaps of one kind: in how many places, how often, and the largest share that any of them is of its whole."""

    kind: str
    places: int
    count: int
    largest_share: float
    what_it_hides: str


@dataclass(frozen=True, slots=True)
class Seen:
    """`first` and `last` are RFC 3339 UTC. `statements_parsed` is a part of `statements`, the fields `touched` of those
    `known`. `silent` are the hosts that are called and send no spans, `idle` the services of which no span was read.

    Telemetry proves presence, never absence: none of this says what else there is.
    """

    first: str | None
    last: str | None
    spans: int
    traces: int
    sampling: str
    statements: int
    statements_parsed: int
    known: int
    touched: int
    counted: tuple[Coverage, ...]
    silent: tuple[str, ...]
    idle: tuple[str, ...]
    gaps: tuple[GapKind, ...]


def coverage(audit: Audit) -> Seen:
    """The answer for the whole audit; gaps that hide the most come first."""
    by_kind: dict[str, list[Gap]] = defaultdict(list)
    for gap in audit.gaps:
        by_kind[gap.kind].append(gap)
    kinds = [
        GapKind(
            kind,
            len(gaps),
            sum(gap.count for gap in gaps),
            max(gap.share for gap in gaps),
            max(gaps, key=lambda gap: (gap.count, gap.what_it_hides)).what_it_hides,
        )
        for kind, gaps in by_kind.items()
    ]
    scope, touched = audit.scope, index_of(audit).accesses_by_field
    return Seen(
        scope.first,
        scope.last,
        scope.spans,
        scope.traces,
        scope.sampling,
        scope.statements,
        scope.statements_parsed,
        len(audit.fields),
        sum(field.id in touched for field in audit.fields),
        tuple(sorted(scope.coverage, key=lambda one: one.store)),
        tuple(sorted(outsider.name for outsider in audit.outsiders)),
        tuple(sorted(service.name for service in audit.services if not service.spans)),
        tuple(sorted(kinds, key=lambda one: (-one.largest_share, -one.count, one.kind))),
    )
