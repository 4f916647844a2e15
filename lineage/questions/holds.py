"""What a service holds: every category and field that it reads, is handed, or passes on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from classifiers.taxonomy import sensitivity
from lineage.audit import Audit, Flow
from lineage.index import index_of
from lineage.model import EVIDENCE, Direction, EvidenceLevel, Party
from lineage.wanted import find_service


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing held. `evidence` is the strongest for holding it; without `came_from` it is only seen going on."""

    category: str
    field: str | None
    sensitivity: str
    evidence: EvidenceLevel
    came_by: tuple[Direction, ...]
    came_from: tuple[Party, ...]
    goes_to: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """What the service holds: the strongest evidence first."""

    service: str
    holdings: tuple[Holding, ...]


def holds(audit: Audit, service: str) -> Holds:
    """The answer for a service. Raises UnknownName."""
    name = find_service(audit, service)
    me = Party("service", name)
    came: dict[tuple[str, str], list[Flow]] = defaultdict(list)
    went: dict[tuple[str, str], list[Flow]] = defaultdict(list)
    index = index_of(audit)
    for flow in index.flows_by_sink.get(me, ()):
        came[flow.category, flow.field or ""].append(flow)
    for flow in index.flows_by_source.get(me, ()):
        went[flow.category, flow.field or ""].append(flow)
    found = [
        Holding(
            category,
            field or None,
            sensitivity(category),
            min((f.evidence for f in came[category, field] or went[category, field]), key=EVIDENCE.index),
            tuple(sorted({f.direction for f in came[category, field]})),
            tuple(sorted({f.source for f in came[category, field]})),
            tuple(sorted({f.sink for f in went[category, field]})),
        )
        for category, field in {*came, *went}
    ]
    return Holds(name, tuple(sorted(found, key=lambda h: (EVIDENCE.index(h.evidence), h.category, h.field or ""))))
