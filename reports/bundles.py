"""Every flow with its evidence, without saying twice what flows of one exchange share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lineage.audit import Flow
from lineage.likelihood import LIKELY
from lineage.model import Party
from reports.flow_view import FlowView, flow_rank, pair_anchor
from reports.limits import FLOWS
from reports.text import anchor
from reports.words import party_rank, sensitivity_rank


@dataclass(frozen=True, slots=True)
class Bundle:
    """Flows over one exchange in one direction: its name, counts, times, traces and statements are theirs alike."""

    exchange: Flow
    statements: tuple[str, ...]
    likely: tuple[FlowView, ...]
    unlikely: tuple[FlowView, ...]


@dataclass(frozen=True, slots=True)
class FlowGroup:
    """All flows from one party to another that the page shows, and how many more there are."""

    anchor: str
    source: Party
    sink: Party
    bundles: tuple[Bundle, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class FlowList:
    """The groups of a page; `left_out` flows and `pairs_left_out` are counted only. `links` leads each flow's id on."""

    groups: tuple[FlowGroup, ...]
    left_out: int
    pairs_left_out: int
    links: Mapping[str, str]
    pair_links: Mapping[tuple[Party, Party], str]


def flow_list(flows: Mapping[str, FlowView], undecided: Collection[str], most: int = FLOWS) -> FlowList:
    """Flows by pair of parties, outside parties first. When there are too many, the gravest stay."""
    gravest = sorted(flows.values(), key=lambda view: (view.flow.id not in undecided, _gravity(view)))
    shown = {view.flow.id for view in gravest[:most]}
    pairs: dict[tuple[Party, Party], list[FlowView]] = defaultdict(list)
    for view in flows.values():
        pairs[view.flow.sink, view.flow.source].append(view)
    groups = []
    for (sink, source), views in sorted(pairs.items(), key=lambda item: tuple(map(party_rank, item[0]))):
        kept = [view for view in views if view.flow.id in shown]
        if kept:
            left = len(views) - len(kept)
            groups.append(FlowGroup(pair_anchor(source, sink), source, sink, _bundles(kept), left))
    there = {(group.source, group.sink) for group in groups}
    pair_links = {
        (source, sink): pair_anchor(source, sink) if (source, sink) in there else REST for sink, source in pairs
    }
    links = {
        view.flow.id: anchor("flow", view.flow.id)
        if view.flow.id in shown
        else pair_links[view.flow.source, view.flow.sink]
        for view in flows.values()
    }
    return FlowList(tuple(groups), len(flows) - len(shown), len(pairs) - len(there), links, pair_links)


REST = "flows-left-out"  # the id of the sentence that counts them


def _bundles(views: list[FlowView]) -> tuple[Bundle, ...]:
    same: dict[tuple[object, ...], list[FlowView]] = defaultdict(list)
    for view in sorted(views, key=flow_rank):
        flow = view.flow
        counts = (flow.calls, flow.adjusted, flow.first_seen or "", flow.last_seen or "", flow.traces)
        same[flow.direction, flow.via, counts].append(view)
    return tuple(
        Bundle(
            group[0].flow,
            group[0].statements,
            tuple(view for view in group if view.flow.likelihood >= LIKELY),
            tuple(view for view in group if view.flow.likelihood < LIKELY),
        )
        for group in same.values()
    )


def _gravity(view: FlowView) -> tuple[object, ...]:
    return sensitivity_rank(view.category.sensitivity), party_rank(view.flow.sink), flow_rank(view)
