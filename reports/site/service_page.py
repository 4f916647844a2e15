"""A service: what it holds, what it touches, whom it calls, what reaches it, and what a break-in would reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from lineage.audit import AuditService, Call
from lineage.explorer import Edge, ServiceLoad, edge
from lineage.model import Leak, Party
from lineage.questions.blast_radius import HOW, How, blast_radius
from lineage.questions.holds import Holding, holds
from lineage.questions.over_reads import OverRead, over_reads
from reports.flow_view import CategoryView, ExposureView, category_rank, category_view
from reports.limits import first
from reports.site.links import to_explorer
from reports.site.site import Site

T = TypeVar("T")
ROWS = 40  # of each table


@dataclass(frozen=True, slots=True)
class Held:
    """A category that the service holds, with the evidence and the ways of the surest of its fields."""

    category: CategoryView
    holding: Holding
    fields: int


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation touches: how many fields with its statements, and the fields themselves, some of them."""

    name: str
    fields: tuple[str, ...]
    calls: int


@dataclass(frozen=True, slots=True)
class ServicePage:
    """Tables are cut to ROWS; `left` says how many rows are not there, by the table's name."""

    service: AuditService
    load: ServiceLoad | None
    holds: tuple[Held, ...]
    exposures: tuple[ExposureView, ...]
    calls: tuple[Edge, ...]
    callers: tuple[Edge, ...]
    operations: tuple[Operation, ...]
    over_reads: tuple[OverRead, ...]
    leaks: tuple[Leak, ...]
    reach: tuple[tuple[How, int], ...]
    stores: tuple[str, ...]
    around: str
    left: dict[str, int]


def service_page(site: Site, service: AuditService) -> ServicePage:
    """The page of one service."""
    name, left = service.name, dict[str, int]()
    radius = blast_radius(site.audit, name)
    reach = Counter(one.how for one in radius.reach)

    def cut(table: str, rows: Sequence[T]) -> tuple[T, ...]:
        shown, left[table] = first(rows, ROWS)
        return shown

    return ServicePage(
        service,
        next((load for load in site.loads if load.name == name), None),
        cut("holds", _held(site, name)),
        cut("exposures", site.exposures_at([Party("service", name)])),
        cut("calls", [edge(call) for call in _busiest(site.calls_by_caller.get(name, ()))]),
        cut("callers", [edge(call) for call in _busiest(site.calls_by_callee.get(name, ()))]),
        cut("operations", _operations(site, service)),
        cut("over_reads", over_reads(site.audit, name).over_reads),
        cut("leaks", [leak for leak in site.audit.leaks if leak.service == name]),
        tuple((how, reach[how]) for how in HOW if reach[how]),
        radius.stores,
        to_explorer(Party("service", name)),
        left,
    )


def _held(site: Site, name: str) -> list[Held]:
    """By category, the most sensitive first; holdings come with the strongest evidence first."""
    found: dict[str, Held] = {}
    for holding in holds(site.audit, name).holdings:
        known = found.get(holding.category)
        found[holding.category] = Held(
            category_view(holding.category),
            known.holding if known else holding,
            (known.fields if known else 0) + (holding.field is not None),
        )
    return sorted(found.values(), key=lambda held: category_rank(held.category))


def _operations(site: Site, service: AuditService) -> list[Operation]:
    """Those that touch personal data first, then the others by name."""
    fields: dict[str, dict[str, int]] = {name: {} for name in service.operations}
    for access in site.index.accesses_by_service.get(service.name, ()):
        if access.field in site.index.categories:
            fields.setdefault(access.operation, {})[access.field] = access.calls
    found = [
        Operation(name, tuple(sorted(touched)), max(touched.values(), default=0)) for name, touched in fields.items()
    ]
    return sorted(found, key=lambda operation: (not operation.fields, operation.name))


def _busiest(calls: Sequence[Call]) -> list[Call]:
    return sorted(calls, key=lambda call: (-call.calls, call.caller or "", call.callee, call.operation, call.protocol))
