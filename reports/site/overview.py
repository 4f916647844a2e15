"""The first page: the verdict, the figures, and what to look at next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lineage.questions.coverage import GapKind
from lineage.questions.coverage import coverage as seen
from reports.flow_view import ExposureView
from reports.site.site import UNDECIDED, CategoryRow, Site
from reports.verdict import VerdictView, verdict
from reports.view import Figure, coverage, figures

WAITING, CATEGORIES, GAPS = 12, 12, 6  # rows of each list
_PAGES = {
    "undecided": "/exposures?state=undecided",
    "decided": "/exposures?state=decided",
    "categories": "/categories",
    "services": "/services",
    "matrix": "/outsiders",
    "leaks": "/coverage#leaks",
    "gaps": "/coverage",
}


@dataclass(frozen=True, slots=True)
class Overview:
    """`waiting` are the gravest exposures to decide on, `left` how many more there are; figures lead to pages."""

    verdict: VerdictView
    coverage: tuple[str, ...]
    figures: tuple[Figure, ...]
    waiting: tuple[ExposureView, ...]
    left: int
    categories: tuple[CategoryRow, ...]
    gaps: tuple[GapKind, ...]


def overview(site: Site) -> Overview:
    """The gravest of everything."""
    undecided = sum(site.states.get(state, 0) for state in UNDECIDED)
    return Overview(
        verdict(site.audit),
        coverage(site.audit),
        tuple(replace(one, anchor=_PAGES[one.anchor]) for one in figures(site.audit, site.sensitive)),
        site.exposures[: min(undecided, WAITING)],
        max(undecided - WAITING, 0),
        site.categories[:CATEGORIES],
        seen(site.audit).gaps[:GAPS],
    )
