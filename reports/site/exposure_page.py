"""An exposure with everything that a reviewer decides by."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.audit import Exposure
from lineage.findings import RuleText
from reports.flow_view import ExposureView, category_view
from reports.introduced import introduced
from reports.remedies import remedies
from reports.site.site import UNDECIDED, Site

FLOWS = 25


@dataclass(frozen=True, slots=True)
class ExposurePage:
    """`view` has the strongest flows, `flows_left` more are there. `since` and `remedies` are sentences, `rules` those
    that made its state. `open`: a decision is asked for."""

    view: ExposureView
    flows_left: int
    since: tuple[str, ...]
    remedies: tuple[str, ...]
    rules: tuple[RuleText, ...]
    open: bool


def exposure_page(site: Site, exposure: Exposure) -> ExposurePage:
    """The page of one exposure."""
    view = site.with_flows(ExposureView(exposure, category_view(exposure.category), ()), FLOWS)
    own = [one.flow for one in view.flows]
    path = exposure.paths[0].flows if exposure.paths else ()
    before = [site.index.flow[id_] for id_ in path if id_ in site.index.flow and id_ not in exposure.flows]
    involved = {party.name for flow in own for party in (flow.source, flow.sink)}
    services = {one.name: one for one in site.audit.services if one.name in involved}
    return ExposurePage(
        view,
        len(exposure.flows) - len(view.flows),
        tuple(introduced(own, services)),
        tuple(remedies(site.audit, exposure, [*before, *own])),
        tuple(rule for rule in site.audit.rules if rule.id in exposure.rules),
        exposure.state in UNDECIDED,
    )
