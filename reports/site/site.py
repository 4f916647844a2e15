"""What all pages of one audit look up. Each table is made once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from classifiers.taxonomy import read_as
from lineage import explorer
from lineage.audit import Audit, AuditField, AuditService, AuditStore, Call, Exposure, Flow
from lineage.explorer import ServiceLoad
from lineage.index import Index, index_of
from lineage.model import Party
from reports.edges import parties
from reports.field_view import FieldView, field_views
from reports.flow_view import (
    CategoryView,
    ExposureView,
    FlowView,
    category_rank,
    category_view,
    exposure_rank,
    flow_rank,
    flow_view,
    shapes_of,
)
from reports.site.links import end, slug

T = TypeVar("T")
UNDECIDED = ("new", "violation")


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category in figures: fields that hold it, exposures, those that wait for a decision, and outside parties."""

    category: CategoryView
    fields: int
    exposures: int
    undecided: int
    outside: int


class Absent(LookupError):
    """This audit has nothing of the name that was asked for."""


def take(known: Mapping[str, T], name: str) -> T:
    """What goes by this name. Raises Absent."""
    if name not in known:
        raise Absent
    return known[name]


class Site:
    """The tables. To be used within `reading()`, for the team's own names of categories."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.index: Index = index_of(audit)

    def prepare(self) -> None:
        """Make all tables now."""
        with read_as(self.audit.readings):
            for name, member in vars(Site).items():
                if isinstance(member, cached_property):
                    getattr(self, name)

    @cached_property
    def parties(self) -> Mapping[str, Party]:
        """By `kind:slug`."""
        known = {*parties(self.audit), *self.index.flows_by_source, *self.index.flows_by_sink}
        return {end(party): party for party in sorted(known.union(self.index.exposures_by_sink))}

    @cached_property
    def by_name(self) -> Mapping[str, Party]:
        """A service where the name can be one."""
        return {party.name: party for party in reversed(parties(self.audit))}

    @cached_property
    def neighbours(self) -> Mapping[Party, Collection[Party]]:
        """The parties that each exchanges flows or calls with."""
        near: dict[Party, set[Party]] = defaultdict(set)
        pairs = {(flow.source, flow.sink) for flow in self.audit.flows}
        ends = ((self.by_name.get(call.caller or ""), self.by_name.get(call.callee)) for call in self.audit.calls)
        for one, other in pairs.union((a, b) for a, b in ends if a and b):
            near[one].add(other)
            near[other].add(one)
        return near

    @cached_property
    def services(self) -> Mapping[str, AuditService]:
        """By slug."""
        return {slug(service.name): service for service in self.audit.services}

    @cached_property
    def stores(self) -> Mapping[str, AuditStore]:
        """By slug."""
        return {slug(store.name): store for store in self.audit.stores}

    @cached_property
    def fields(self) -> Mapping[str, AuditField]:
        """By slug."""
        return {slug(field.id): field for field in self.audit.fields}

    @cached_property
    def sensitive(self) -> tuple[FieldView, ...]:
        """The fields that hold personal data, the most sensitive first."""
        return field_views(self.audit)

    @cached_property
    def sensitive_by_store(self) -> Mapping[str, Sequence[FieldView]]:
        return _grouped(self.sensitive, lambda view: (view.field.store,))

    @cached_property
    def sensitive_by_category(self) -> Mapping[str, Sequence[FieldView]]:
        return _grouped(self.sensitive, lambda view: {finding.category.key for finding in view.findings})

    @cached_property
    def category_views(self) -> Mapping[str, CategoryView]:
        """By slug: each category found in a field, a flow, an exposure or a leak, the most sensitive first."""
        keys = {label.category for field in self.audit.fields for label in field.labels}
        keys |= {leak.category for leak in self.audit.leaks}
        keys.update(self.index.known_categories, self.index.exposures_by_category)
        return {slug(view.key): view for view in sorted(map(category_view, keys), key=category_rank)}

    @cached_property
    def categories(self) -> tuple[CategoryRow, ...]:
        """The most sensitive first."""
        return tuple(map(self._category, self.category_views.values()))

    @cached_property
    def exposures(self) -> tuple[ExposureView, ...]:
        """Those that need a decision first, then the most sensitive; without their flows."""
        views = {key: category_view(key) for key in self.index.exposures_by_category}
        found = (ExposureView(one, views[one.category], ()) for one in self.audit.exposures)
        return tuple(sorted(found, key=exposure_rank))

    @cached_property
    def exposure_by_slug(self) -> Mapping[str, Exposure]:
        return {slug(one.id): one for one in self.audit.exposures}

    @cached_property
    def states(self) -> Mapping[str, int]:
        """How many exposures are in each state."""
        return Counter(view.exposure.state for view in self.exposures)

    @cached_property
    def loads(self) -> tuple[ServiceLoad, ...]:
        """All services, the busiest first."""
        return explorer.services(self.audit)

    @cached_property
    def calls_by_caller(self) -> Mapping[str, Sequence[Call]]:
        return _grouped(self.audit.calls, lambda call: (call.caller,) if call.caller is not None else ())

    @cached_property
    def calls_by_callee(self) -> Mapping[str, Sequence[Call]]:
        return _grouped(self.audit.calls, lambda call: (call.callee,))

    @cached_property
    def shapes(self) -> Mapping[str, str]:
        """The shapes of statements by id."""
        return shapes_of(self.audit)

    def with_flows(self, view: ExposureView, most: int) -> ExposureView:
        """An exposure with the strongest of its flows, at most so many."""
        known = (self.index.flow[id_] for id_ in view.exposure.flows if id_ in self.index.flow)
        return replace(view, flows=self.flow_views(known)[:most])

    def flow_views(self, flows: Iterable[Flow]) -> tuple[FlowView, ...]:
        """Flows by category, then the strongest first."""
        return tuple(sorted((flow_view(flow, self.shapes) for flow in flows), key=flow_rank))

    def exposures_at(self, parties: Collection[Party]) -> tuple[ExposureView, ...]:
        """What reaches these parties, those that need a decision first."""
        found = (one for party in parties for one in self.index.exposures_by_sink.get(party, ()))
        return tuple(sorted((ExposureView(one, category_view(one.category), ()) for one in found), key=exposure_rank))

    def flows_between(self, source: Party | None, sink: Party | None) -> Sequence[Flow]:
        """The flows from one party to another; None is any."""
        if source is None:
            return self.index.flows_by_sink.get(sink, ()) if sink else self.audit.flows
        found = self.index.flows_by_source.get(source, ())
        return found if sink is None else [flow for flow in found if flow.sink == sink]

    def _category(self, category: CategoryView) -> CategoryRow:
        exposures = self.index.exposures_by_category.get(category.key, ())
        return CategoryRow(
            category,
            len(self.sensitive_by_category.get(category.key, ())),
            len(exposures),
            sum(one.state in UNDECIDED for one in exposures),
            sum(one.sink.kind == "outsider" for one in exposures),
        )


def _grouped(items: Iterable[T], keys: Callable[[T], Iterable[str]]) -> Mapping[str, Sequence[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for item in items:
        for key in keys(item):
            groups[key].append(item)
    return dict(groups)
