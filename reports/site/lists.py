"""Pages that are lists: exposures by state, flows between two parties, gaps and leaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from lineage.model import Gap, Leak, Party
from lineage.questions.coverage import Seen, coverage
from reports.flow_view import ExposureView, FlowView
from reports.site.pager import Paged, paged
from reports.site.site import UNDECIDED, Site, take

StateChoice = Literal["undecided", "violation", "new", "decided", "all"]
_STATES: Final[dict[StateChoice, tuple[str, tuple[str, ...]]]] = {
    "undecided": ("to decide on", UNDECIDED),
    "violation": ("against policy", ("violation",)),
    "new": ("new", ("new",)),
    "decided": ("approved or waived", ("approved", "waived")),
    "all": ("all", (*UNDECIDED, "approved", "waived")),
}
assert set(get_args(StateChoice)) == set(_STATES)


@dataclass(frozen=True, slots=True)
class ExposureList:
    """Exposures in one state; `choices` are (state, words)."""

    state: StateChoice
    choices: tuple[tuple[str, str], ...]
    list: Paged[ExposureView]


@dataclass(frozen=True, slots=True)
class FlowList:
    """Flows from one party to another; None is any."""

    source: Party | None
    sink: Party | None
    list: Paged[FlowView]


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """What was seen, and each gap and leak."""

    seen: Seen
    gaps: Paged[Gap]
    leaks: Paged[Leak]


def exposure_list(site: Site, state: StateChoice, number: int) -> ExposureList:
    """Those that need a decision first, then the most sensitive."""
    wanted = _STATES[state][1]
    found = [view for view in site.exposures if view.exposure.state in wanted]
    choices = tuple((value, words) for value, (words, _) in _STATES.items())
    return ExposureList(state, choices, paged(found, number, "/exposures", state=state))


def flow_list(site: Site, source: str, sink: str, number: int) -> FlowList:
    """Flows between parties given as `kind:slug`, empty: any. In the order of their ids, page by page by category.

    Raises Absent for a party that is not there.
    """
    giver, taker = (take(site.parties, end) if end else None for end in (source, sink))
    flows = site.flows_between(giver, taker)
    page = paged(flows, number, "/flows", source=source, sink=sink)
    return FlowList(giver, taker, page.of(site.flow_views(page.rows)))


def coverage_page(site: Site, number: int) -> CoveragePage:
    """The gaps that hide the most first; of leaks the first page."""
    gaps = sorted(site.audit.gaps, key=lambda gap: (-gap.share, -gap.count, gap))
    return CoveragePage(
        coverage(site.audit), paged(gaps, number, "/coverage"), paged(sorted(site.audit.leaks), 1, "/coverage")
    )
