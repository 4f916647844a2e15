"""The flows of an audit as the lines of a picture: one line for all flows from a party to another in one sense."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lineage.audit import Audit, AuditService, AuditStore, Channel, Flow, Outsider
from lineage.model import EvidenceLevel, Party, PartyKind
from reports.flow_view import CategoryView, category_rank, category_view
from reports.traffic import Traffic, traffic
from reports.words import evidence_rank, sensitivity_rank

MAX_PARTIES, MAX_LINES = 120, 180  # above this no drawing can be read, and laying it out takes minutes


@dataclass(frozen=True, slots=True)
class Edge:
    """Personal data going from `source` to `sink`; `evidence` is that of the first category, None for mere calls.

    `backward` when the data goes against the call: the answer to a request, a row read from a store.
    """

    source: Party
    sink: Party
    categories: tuple[CategoryView, ...]
    evidence: EvidenceLevel | None
    undecided: bool
    backward: bool
    traffic: Traffic


def edges(audit: Audit) -> tuple[Edge, ...]:
    """All lines of the picture, in a fixed order."""
    waiting = {id for exposure in audit.exposures if exposure.state in ("new", "violation") for id in exposure.flows}
    bundles: dict[tuple[Party, Party], list[Flow]] = defaultdict(list)
    for flow in audit.flows:
        bundles[flow.source, flow.sink].append(flow)
    busy = traffic(audit)
    drawn = [_edge(source, sink, flows, waiting, busy) for (source, sink), flows in bundles.items()]
    touched = {frozenset((edge.source, edge.sink)) for edge in drawn}
    kinds: dict[str, PartyKind] = {party.name: party.kind for party in reversed(parties(audit))}
    for caller, callee in {(call.caller, call.callee) for call in audit.calls}:
        if caller is None or caller not in kinds or callee not in kinds or caller == callee:
            continue
        source, sink = Party(kinds[caller], caller), Party(kinds[callee], callee)
        if frozenset((source, sink)) not in touched:
            drawn.append(Edge(source, sink, (), None, False, False, busy[frozenset((caller, callee))]))
    return tuple(sorted(drawn, key=lambda edge: (edge.source, edge.sink)))


def part(audit: Audit, flows: Iterable[Flow]) -> Audit:
    """The audit with only these flows and the parties at their ends, for a smaller picture."""
    kept = tuple(flows)
    ends = {end for flow in kept for end in (flow.source, flow.sink)}
    return replace(
        audit,
        flows=kept,
        calls=(),
        services=tuple(one for one in audit.services if Party("service", one.name) in ends),
        stores=tuple(one for one in audit.stores if Party("store", one.name) in ends),
        outsiders=tuple(one for one in audit.outsiders if Party("outsider", one.name) in ends),
        channels=tuple(one for one in audit.channels if Party("channel", one.name) in ends),
    )


def parties(audit: Audit) -> tuple[Party, ...]:
    """Every party that the audit knows. Services come first: a bare name is taken for a service when it can be."""
    named: tuple[tuple[PartyKind, tuple[AuditService | AuditStore | Outsider | Channel, ...]], ...] = (
        ("service", audit.services),
        ("store", audit.stores),
        ("outsider", audit.outsiders),
        ("channel", audit.channels),
    )
    return tuple(Party(kind, one.name) for kind, group in named for one in group)


def readable(
    everyone: tuple[Party, ...], lines: tuple[Edge, ...], most_parties: int, most_lines: int
) -> tuple[tuple[Party, ...], tuple[Edge, ...]]:
    """The parties and lines to draw: all of them, or when they are too many to read those of the gravest lines."""
    if len(everyone) <= most_parties and len(lines) <= most_lines:
        return everyone, lines
    kept: set[Party] = set()
    drawn: set[Edge] = set()
    for line in sorted((line for line in lines if line.categories), key=_gravity)[:most_lines]:
        if len(kept | {line.source, line.sink}) <= most_parties:
            kept |= {line.source, line.sink}
            drawn.add(line)
    return tuple(party for party in everyone if party in kept), tuple(line for line in lines if line in drawn)


def _edge(
    source: Party, sink: Party, flows: list[Flow], waiting: set[str], busy: Mapping[frozenset[str], Traffic]
) -> Edge:
    """The line is named after its gravest category, an undecided one first, and shows the evidence of just that."""
    views = {key: category_view(key) for key in {flow.category for flow in flows}}
    undecided = {flow.category for flow in flows if flow.id in waiting}
    categories = sorted(views.values(), key=lambda view: (view.key not in undecided, category_rank(view)))
    named = min((f.evidence for f in flows if f.category == categories[0].key), key=evidence_rank)
    answers = sum(flow.direction in ("response", "read", "consume") for flow in flows)
    calls = busy[frozenset((source.name, sink.name))]
    return Edge(source, sink, tuple(categories), named, bool(undecided), 2 * answers > len(flows), calls)


def _gravity(edge: Edge) -> tuple[object, ...]:
    return sensitivity_rank(edge.categories[0].sensitivity), not edge.undecided, edge.source, edge.sink
