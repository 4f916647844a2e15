"""One section a category: where it lives, who touches it, where it leaves to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lineage.audit import Audit
from lineage.model import EvidenceLevel, Party
from reports.field_view import FieldView, Finding
from reports.flow_view import CategoryView, ExposureView, category_rank, category_view
from reports.limits import FIELDS, first
from reports.words import party_rank


@dataclass(frozen=True, slots=True)
class Place:
    """A field that holds the category, and why it is thought to. `anchored` where the page tells of it first."""

    view: FieldView
    finding: Finding
    anchored: bool


@dataclass(frozen=True, slots=True)
class CategorySection:
    """A category over the whole system. `leaves` are exposures at outside parties, `reaches` all others."""

    category: CategoryView
    places: tuple[Place, ...]
    places_left_out: int
    stores: tuple[str, ...]
    services: tuple[tuple[Party, EvidenceLevel], ...]
    leaves: tuple[ExposureView, ...]
    reaches: tuple[ExposureView, ...]


def category_sections(
    audit: Audit, fields: tuple[FieldView, ...], exposures: tuple[ExposureView, ...]
) -> tuple[CategorySection, ...]:
    """Each category found in a field, a flow or an exposure, the most sensitive first."""
    at: dict[CategoryView, list[tuple[FieldView, Finding]]] = defaultdict(list)
    for view in fields:
        for finding in view.findings:
            at[finding.category].append((view, finding))
    reached: dict[CategoryView, list[ExposureView]] = defaultdict(list)
    for exposure in exposures:
        reached[exposure.category].append(exposure)
    carried = {category_view(flow.category) for flow in audit.flows}
    told: set[str] = set()
    room, sections = FIELDS, []
    for category in sorted({*at, *reached, *carried}, key=category_rank):
        shown, left = first(at[category], room)
        room -= len(shown)
        places = []
        for view, finding in shown:
            places.append(Place(view, finding, view.field.id not in told))
            told.add(view.field.id)
        sinks = sorted(reached[category], key=lambda one: party_rank(one.exposure.sink))
        sections.append(
            CategorySection(
                category,
                tuple(places),
                left,
                tuple(sorted({view.field.store for view, _ in at[category]})),
                tuple(
                    (one.exposure.sink, one.exposure.evidence) for one in sinks if one.exposure.sink.kind == "service"
                ),
                tuple(one for one in sinks if one.exposure.sink.kind == "outsider"),
                tuple(one for one in sinks if one.exposure.sink.kind != "outsider"),
            )
        )
    return tuple(sections)
