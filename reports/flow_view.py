"""Flows and exposures as a reader sees them: in order of gravity, each with its words, path and evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from classifiers import taxonomy
from lineage.audit import Audit, Exposure, Flow
from lineage.model import Party
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
    """A flow, the category it carries, and the statements behind it (shapes, no values)."""

    flow: Flow
    category: CategoryView
    statements: tuple[str, ...]


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
    shapes = shapes_of(audit)
    return {flow.id: flow_view(flow, shapes) for flow in audit.flows}


def shapes_of(audit: Audit) -> dict[str, str]:
    """The shapes of statements on one line each, by their ids."""
    return {statement.id: " ".join(statement.shape.split()) for statement in audit.statements}


def flow_view(flow: Flow, shapes: Mapping[str, str]) -> FlowView:
    """One flow, with those of the `shapes` that it goes through."""
    words = re.split(r"[\s,;]+", flow.via)
    return FlowView(flow, category_view(flow.category), tuple(shapes[word] for word in words if word in shapes))


def exposure_views(audit: Audit, flows: dict[str, FlowView]) -> tuple[ExposureView, ...]:
    """Exposures, those that need a decision first, then the most sensitive."""
    views = [
        ExposureView(
            exposure,
            category_view(exposure.category),
            tuple(sorted((flows[id] for id in exposure.flows if id in flows), key=flow_rank)),
        )
        for exposure in audit.exposures
    ]
    return tuple(sorted(views, key=exposure_rank))


def exposure_rank(view: ExposureView) -> tuple[object, ...]:
    """Sorts those that need a decision first, then the most sensitive."""
    exposure = view.exposure
    return (
        STATES.index(exposure.state),
        sensitivity_rank(exposure.sensitivity),
        party_rank(exposure.sink),
        evidence_rank(exposure.evidence),
        category_rank(view.category),
        exposure.id,
    )


def flow_rank(view: FlowView) -> tuple[object, ...]:
    """Sorts flows by category, then the strongest and likeliest first."""
    flow = view.flow
    rank = category_rank(view.category), evidence_rank(flow.evidence), -flow.likelihood
    return *rank, flow.field or "", flow.direction, flow.id
