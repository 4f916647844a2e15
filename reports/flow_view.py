"""Flows and exposures as a reader sees them: in order of gravity, each with its words, path and evidence."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from classifiers import taxonomy
from lineage.likelihood import LIKELY
from lineage.model import Audit, Exposure, Flow, Party, Path
from reports.text import anchor
from reports.words import STATES, evidence_rank, group_title, party_rank, sensitivity_rank


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A data category in words. `groups` are the rules that name it, as phrases; `group_keys` their stable words."""

    key: str
    title: str
    sensitivity: str
    groups: tuple[str, ...]
    group_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowView:
    """A flow, the category it carries, the statements behind it (shapes, no values) and the paths it is part of."""

    flow: Flow
    category: CategoryView
    statements: tuple[str, ...]
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FlowGroup:
    """All flows from one party to another."""

    anchor: str
    source: Party
    sink: Party
    flows: tuple[FlowView, ...]

    @property
    def likely(self) -> tuple[FlowView, ...]:
        """Those to look at first."""
        return tuple(view for view in self.flows if view.flow.likelihood >= LIKELY)

    @property
    def unlikely(self) -> tuple[FlowView, ...]:
        """Those that are folded away."""
        return tuple(view for view in self.flows if view.flow.likelihood < LIKELY)


@dataclass(frozen=True, slots=True)
class ExposureView:
    """An exposure with the flows that prove it, strongest evidence first."""

    exposure: Exposure
    category: CategoryView
    flows: tuple[FlowView, ...]


def category_view(key: str) -> CategoryView:
    """The category `key` in the taxonomy's words."""
    groups = taxonomy.groups(key)
    return CategoryView(
        key, taxonomy.title(key), taxonomy.sensitivity(key), tuple(map(group_title, groups)), tuple(groups)
    )


def category_rank(category: CategoryView) -> tuple[int, str, str]:
    """Sorts the most sensitive categories first."""
    return sensitivity_rank(category.sensitivity), category.title, category.key


def pair_anchor(source: Party, sink: Party) -> str:
    """The element id of the group of flows between two parties."""
    return anchor("pair", f"{source.kind}.{source.name}/{sink.kind}.{sink.name}")


def flow_views(audit: Audit) -> dict[str, FlowView]:
    """Every flow by its id."""
    shapes = {statement.id: " ".join(statement.shape.split()) for statement in audit.statements}
    paths: dict[str, set[Path]] = defaultdict(set)
    for exposure in audit.exposures:
        for path in exposure.paths:
            for flow_id in path.flows:
                paths[flow_id].add(path)
    return {
        flow.id: FlowView(
            flow,
            category_view(flow.category),
            tuple(shapes[word] for word in re.split(r"[\s,;]+", flow.via) if word in shapes),
            tuple(sorted(paths[flow.id], key=_path_rank)),
        )
        for flow in audit.flows
    }


def flow_groups(flows: dict[str, FlowView]) -> tuple[FlowGroup, ...]:
    """Flows by pair of parties: outside parties first, then by name."""
    pairs: dict[tuple[Party, Party], list[FlowView]] = defaultdict(list)
    for view in flows.values():
        pairs[view.flow.sink, view.flow.source].append(view)
    ordered = sorted(pairs.items(), key=lambda item: (party_rank(item[0][0]), party_rank(item[0][1])))
    return tuple(
        FlowGroup(pair_anchor(source, sink), source, sink, tuple(sorted(views, key=_flow_rank)))
        for (sink, source), views in ordered
    )


def exposure_views(audit: Audit, flows: dict[str, FlowView]) -> tuple[ExposureView, ...]:
    """Exposures, those that need a decision first, then the most sensitive."""
    views = [
        ExposureView(
            exposure,
            category_view(exposure.category),
            tuple(sorted((flows[id] for id in exposure.flows if id in flows), key=_flow_rank)),
        )
        for exposure in audit.exposures
    ]
    return tuple(sorted(views, key=_exposure_rank))


def _exposure_rank(view: ExposureView) -> tuple[object, ...]:
    exposure = view.exposure
    return (
        STATES.index(exposure.state),
        sensitivity_rank(exposure.sensitivity),
        party_rank(exposure.sink),
        evidence_rank(exposure.evidence),
        category_rank(view.category),
        exposure.id,
    )


def _flow_rank(view: FlowView) -> tuple[object, ...]:
    flow = view.flow
    rank = category_rank(view.category), evidence_rank(flow.evidence), -flow.likelihood
    return *rank, flow.field or "", flow.direction, flow.id


def _path_rank(path: Path) -> tuple[object, ...]:
    return evidence_rank(path.evidence), len(path.parties), path.parties, path.flows
