"""The filters of each list. A parameter that is not known is refused: a misspelt filter must not return everything.

`category` always takes in the categories below it. `service` and `store` match either end of a flow.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from classifiers.taxonomy import is_within
from lineage.audit import Access, Audit, AuditField, AuditService, AuditStore, Call, Exposure, Flow
from lineage.model import Direction, EvidenceLevel, ExposureState, Gap, Leak, Party, PartyKind, Role

MAX_LIMIT = 1000
MAX_PATHS = 100


class PageQuery(BaseModel):
    """Paging, which every list has."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=100, ge=1, le=MAX_LIMIT)
    offset: int = Field(default=0, ge=0, le=2**31)


class ServiceQuery(PageQuery):
    """Filters of /api/services."""

    service: str | None = None

    def select(self, audit: Audit) -> Iterable[AuditService]:
        """The services asked for."""
        return (one for one in audit.services if _same(self.service, one.name))


class StoreQuery(PageQuery):
    """Filters of /api/stores."""

    store: str | None = None
    system: str | None = None

    def select(self, audit: Audit) -> Iterable[AuditStore]:
        """The stores asked for."""
        return (one for one in audit.stores if _same(self.store, one.name) and _same(self.system, one.system))


class FieldQuery(PageQuery):
    """Filters of /api/fields."""

    category: str | None = None
    store: str | None = None
    table: str | None = None
    field: str | None = None

    def select(self, audit: Audit) -> Iterable[AuditField]:
        """The fields asked for."""
        return (
            one
            for one in audit.fields
            if _same(self.store, one.store)
            and _same(self.table, one.table)
            and _same(self.field, one.id)
            and (self.category is None or any(is_within(label.category, self.category) for label in one.labels))
        )


class AccessQuery(PageQuery):
    """Filters of /api/accesses."""

    category: str | None = None
    service: str | None = None
    operation: str | None = None
    store: str | None = None
    field: str | None = None
    role: Role | None = None

    def select(self, audit: Audit) -> Iterable[Access]:
        """The accesses asked for."""
        wanted = FieldQuery(category=self.category, store=self.store, field=self.field)
        anything = self.category is None and self.store is None and self.field is None
        fields = {one.id for one in wanted.select(audit)}
        return (
            one
            for one in audit.accesses
            if (anything or one.field in fields)
            and _same(self.service, one.service)
            and _same(self.operation, one.operation)
            and (self.role is None or self.role in one.roles)
        )


class FlowQuery(PageQuery):
    """Filters of /api/flows."""

    category: str | None = None
    service: str | None = None
    store: str | None = None
    field: str | None = None
    source: str | None = None
    sink: str | None = None
    direction: Direction | None = None
    evidence: EvidenceLevel | None = None

    def select(self, audit: Audit) -> Iterable[Flow]:
        """The flows asked for."""
        return (
            one
            for one in audit.flows
            if _within(self.category, one.category)
            and _end("service", self.service, one.source, one.sink)
            and _end("store", self.store, one.source, one.sink)
            and _same(self.field, one.field)
            and _same(self.source, one.source.name)
            and _same(self.sink, one.sink.name)
            and _same(self.direction, one.direction)
            and _same(self.evidence, one.evidence)
        )


class ExposureQuery(PageQuery):
    """Filters of /api/exposures."""

    category: str | None = None
    service: str | None = None
    store: str | None = None
    sink: str | None = None
    state: ExposureState | None = None
    evidence: EvidenceLevel | None = None

    def select(self, audit: Audit) -> Iterable[Exposure]:
        """The exposures asked for."""
        return (
            one
            for one in audit.exposures
            if _within(self.category, one.category)
            and _end("service", self.service, one.sink)
            and _end("store", self.store, one.sink)
            and _same(self.sink, one.sink.name)
            and _same(self.state, one.state)
            and _same(self.evidence, one.evidence)
        )


class PathQuery(PageQuery):
    """Ends of the paths of /api/paths: each a field's id or a party's name."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")


class GapQuery(PageQuery):
    """Filters of /api/gaps."""

    kind: str | None = None

    def select(self, audit: Audit) -> Iterable[Gap]:
        """The gaps asked for."""
        return (one for one in audit.gaps if _same(self.kind, one.kind))


class LeakQuery(PageQuery):
    """Filters of /api/leaks."""

    category: str | None = None
    service: str | None = None

    def select(self, audit: Audit) -> Iterable[Leak]:
        """The leaks asked for."""
        return (one for one in audit.leaks if _within(self.category, one.category) and _same(self.service, one.service))


class CallQuery(PageQuery):
    """Filters of /api/calls."""

    caller: str | None = None
    callee: str | None = None
    protocol: str | None = None

    def select(self, audit: Audit) -> Iterable[Call]:
        """The calls asked for."""
        return (
            one
            for one in audit.calls
            if _same(self.caller, one.caller) and _same(self.callee, one.callee) and _same(self.protocol, one.protocol)
        )


def _same(wanted: str | None, found: str | None) -> bool:
    return wanted is None or wanted == found


def _within(wanted: str | None, found: str) -> bool:
    return wanted is None or is_within(found, wanted)


def _end(kind: PartyKind, wanted: str | None, *parties: Party) -> bool:
    return wanted is None or Party(kind, wanted) in parties
