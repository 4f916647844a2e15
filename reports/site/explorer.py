"""The dependency explorer: who calls whom around a party, how much, how long, and which personal data goes along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from classifiers.taxonomy import is_within
from lineage.audit import Audit, Call
from lineage.explorer import Amplified, Edge, amplification, edge
from lineage.model import Party
from reports.drawing import Drawing, Links, draw
from reports.flow_view import CategoryView, category_rank, category_view
from reports.limits import PICTURE_LINES, PICTURE_PARTIES, first
from reports.site.links import to_flows, to_party
from reports.site.site import Site, take

EDGES, LOADS = 60, 20  # rows
CATEGORIES = 3  # of an edge
SUGGESTIONS = 1000  # names for the input
MOST_NEAR = 80  # parties: a busy neighbourhood ends there


@dataclass(frozen=True, slots=True)
class Carrying:
    """Calls with the categories that flows take along between the two, the most sensitive first, and how many more."""

    edge: Edge
    source: Party | None
    sink: Party
    categories: tuple[CategoryView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Explorer:
    """What is within `depth` exchanges of `focus`, or of the whole system the busiest. `cut`: not all who are near.
    `unknown`: the party asked for is not there. `shapes` are those of the statements in `loads`.
    """

    focus: Party | None
    depth: int
    category: CategoryView | None
    drawing: Drawing | None
    edges: tuple[Carrying, ...]
    edges_left: int
    loads: tuple[Amplified, ...]
    loads_left: int
    cut: bool
    unknown: bool
    shapes: Mapping[str, str]
    categories: tuple[CategoryView, ...]
    suggestions: tuple[str, ...]


def explorer(site: Site, name: str, depth: int, within: str) -> Explorer:
    """The explorer's page around the party of this name (or `kind:slug`), of the flows of the category of slug
    `within`; empty: all.

    A whole system that is too large to be drawn is told in tables alone. Raises Absent for no such category.
    """
    category = take(site.category_views, within) if within else None
    focus = site.by_name.get(name.strip()) or site.parties.get(name.strip())
    near, cut = _near(site, focus, depth)
    part = _part(site, near, category)
    calls, edges_left = first(sorted(part.calls, key=_busiest), EDGES)
    loads, loads_left = first([one for one in amplification(part) if one.most > 1], LOADS)
    small = len(near) < len(site.parties) or len(near) < MOST_NEAR
    return Explorer(
        focus,
        depth,
        category,
        draw(part, PICTURE_PARTIES, PICTURE_LINES, Links(to_flows, to_party)) if small else None,
        tuple(_carrying(site, call, category) for call in calls),
        edges_left,
        loads,
        loads_left,
        cut,
        bool(name.strip()) and focus is None,
        site.shapes,
        tuple(site.category_views.values()),
        tuple(sorted(site.by_name))[:SUGGESTIONS],
    )


def _near(site: Site, focus: Party | None, depth: int) -> tuple[set[Party], bool]:
    """The parties to show, the nearest first where they are too many; all where there is no focus."""
    if focus is None:
        return set(site.parties.values()), False
    near, ring = {focus}, [focus]
    for _ in range(depth):
        ring = sorted({far for party in ring for far in site.neighbours.get(party, ())} - near)
        if len(near) + len(ring) > MOST_NEAR:
            return near | set(ring[: MOST_NEAR - len(near)]), True
        near |= set(ring)
    return near, False


def _part(site: Site, near: set[Party], category: CategoryView | None) -> Audit:
    """The audit with what is between these parties, and of flows only those of the category and below it."""
    audit, names = site.audit, {party.name for party in near}
    flows = [flow for party in sorted(near) for flow in site.index.flows_by_source.get(party, ()) if flow.sink in near]
    calls = [call for name in sorted(names) for call in site.calls_by_callee.get(name, ())]
    if category is not None:
        flows = [flow for flow in flows if is_within(flow.category, category.key)]
    return replace(
        audit,
        flows=tuple(flows),
        exposures=tuple(one for party in sorted(near) for one in site.index.exposures_by_sink.get(party, ())),
        calls=tuple(call for call in calls if call.caller is None or call.caller in names),
        loads=tuple(load for load in audit.loads if load.caller.service in names and load.callee in near),
        services=tuple(one for one in audit.services if Party("service", one.name) in near),
        stores=tuple(one for one in audit.stores if Party("store", one.name) in near),
        outsiders=tuple(one for one in audit.outsiders if Party("outsider", one.name) in near),
        channels=tuple(one for one in audit.channels if Party("channel", one.name) in near),
    )


def _carrying(site: Site, call: Call, category: CategoryView | None) -> Carrying:
    source = site.by_name.get(call.caller) if call.caller is not None else None
    sink = site.by_name.get(call.callee, Party("service", call.callee))
    ways = ((source, sink), (sink, source)) if source is not None else ()
    carried = {
        flow.category
        for giver, taker in ways
        for flow in site.index.flows_by_source.get(giver, ())
        if flow.sink == taker and (category is None or is_within(flow.category, category.key))
    }
    shown, more = first(sorted(map(category_view, carried), key=category_rank), CATEGORIES)
    return Carrying(edge(call), source, sink, shown, more)


def _busiest(call: Call) -> tuple[object, ...]:
    return -call.calls, call.caller or "", call.callee, call.operation, call.protocol
