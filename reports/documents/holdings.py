"""Who holds which categories: stores in their fields, services by their statements and flows, others by flows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lineage.audit import Audit
from lineage.model import EvidenceLevel, Party
from reports.field_view import field_views
from reports.flow_view import CategoryView, category_rank, category_view
from reports.words import evidence_rank


@dataclass(frozen=True, slots=True)
class Held:
    """A category at a party. `fields` are those known; `calls` the accesses and flows counted, which may overlap."""

    category: CategoryView
    evidence: EvidenceLevel
    fields: tuple[str, ...]
    calls: int

    def of(self, *groups: str) -> bool:
        """Whether a rule of these groups names the category."""
        return any(group in self.category.group_keys for group in groups)


Holdings = Mapping[Party, tuple[Held, ...]]


def holdings(audit: Audit) -> Holdings:
    """Every party that holds personal data, with its categories, the most sensitive first."""
    found: dict[Party, dict[CategoryView, _Found]] = defaultdict(lambda: defaultdict(_Found))
    known = {view.field.id: view for view in field_views(audit)}
    for view in known.values():
        evidence: EvidenceLevel = "observed" if view.touches else "declared"
        for finding in view.findings:
            found[Party("store", view.field.store)][finding.category].add(evidence, view.field.id, 0)
    for access in audit.accesses:
        touched = known.get(access.field)
        for finding in touched.findings if touched else ():
            own: EvidenceLevel = "observed" if access.certain else "possible"
            found[Party("service", access.service)][finding.category].add(own, access.field, access.calls)
    for flow in audit.flows:
        category = category_view(flow.category)
        for party in {flow.source, flow.sink}:
            found[party][category].add(flow.evidence, flow.field, flow.calls)
    return {
        party: tuple(held[category].held(category) for category in sorted(held, key=category_rank))
        for party, held in sorted(found.items())
    }


class _Found:
    """What is gathered of one category at one party."""

    def __init__(self) -> None:
        self.evidence: EvidenceLevel = "possible"
        self.fields: set[str] = set()
        self.calls = 0

    def add(self, evidence: EvidenceLevel, field: str | None, calls: int) -> None:
        self.evidence = min(self.evidence, evidence, key=evidence_rank)
        self.fields.update([field] if field else ())
        self.calls += calls

    def held(self, category: CategoryView) -> Held:
        return Held(category, self.evidence, tuple(sorted(self.fields)), self.calls)
