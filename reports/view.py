"""What the report's template sees, built from an audit by pure functions. Nothing else reaches the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lineage.audit import Audit, OverFetch
from lineage.model import Gap, Leak
from lineage.questions.unread import UnreadField, unread
from reports.bundles import FlowList, flow_list
from reports.calls_view import Multiplied, Root, multiplied, roots
from reports.category_view import CategorySection, category_sections
from reports.documents.all import documents
from reports.documents.cells import Document
from reports.documents.holdings import holdings
from reports.field_view import FieldView, field_views
from reports.flow_view import CategoryView, ExposureView, category_rank, category_view, exposure_views
from reports.flow_view import flow_views as flows_by_id
from reports.limits import CARDS, DECIDED, ROWS, first
from reports.matrix import Matrix, matrix
from reports.service_view import ServiceSection, service_sections
from reports.text import anchor, count, share
from reports.verdict import VerdictView, verdict
from reports.verdict import undecided as waiting_exposures

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at the top of the page; `alert` when a reader should look at it first."""

    value: str
    label: str
    note: str
    anchor: str
    alert: bool = False


@dataclass(frozen=True, slots=True)
class LeakView:
    """Personal data inside telemetry itself."""

    leak: Leak
    category: CategoryView


@dataclass(frozen=True, slots=True)
class OverFetchView:
    """A column that is read and not passed on."""

    found: OverFetch
    category: CategoryView


@dataclass(frozen=True, slots=True)
class Some(Generic[T]):
    """The first of a list, and how many more there are."""

    shown: tuple[T, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class ReportView:
    """The whole page, top to bottom. `audit` is there for what is shown as it is: scope, stores, outsiders.

    `exposure_links` leads from each exposure's id to the element that tells of it.
    """

    audit: Audit
    verdict: VerdictView
    coverage: tuple[str, ...]
    figures: tuple[Figure, ...]
    undecided: Some[ExposureView]
    also_undecided: tuple[ExposureView, ...]
    decided: Some[ExposureView]
    exposure_links: Mapping[str, str]
    matrix: Matrix
    categories: tuple[CategorySection, ...]
    services: tuple[ServiceSection, ...]
    roots: Some[Root]
    multiplied: Some[Multiplied]
    flows: FlowList
    leaks: Some[LeakView]
    over_fetch: Some[OverFetchView]
    unread: Some[UnreadField]
    gaps: Some[Gap]
    documents: tuple[Document, ...]


def build(audit: Audit) -> ReportView:
    """Everything the page says, in the order in which it says it."""
    flows = flows_by_id(audit)
    exposures = exposure_views(audit, flows)
    fields = field_views(audit)
    held = holdings(audit)
    waiting = [view for view in exposures if view.exposure.state in ("new", "violation")]
    settled = [view for view in exposures if view.exposure.state not in ("new", "violation")]
    undecided, decided = _some(waiting, CARDS), _some(settled, DECIDED)
    also = tuple(waiting[CARDS : CARDS + DECIDED])
    told = {view.exposure.id for view in (*undecided.shown, *also, *decided.shown)}
    return ReportView(
        audit=audit,
        verdict=verdict(audit),
        coverage=coverage(audit),
        figures=figures(audit, fields),
        undecided=undecided,
        also_undecided=also,
        decided=decided,
        exposure_links={
            e.id: anchor("exposure", e.id) if e.id in told else "exposures-left-out" for e in audit.exposures
        },
        matrix=matrix(exposures),
        categories=category_sections(audit, fields, exposures),
        services=service_sections(audit, held),
        roots=Some(*roots(audit)),
        multiplied=Some(*multiplied(audit)),
        flows=flow_list(flows, {id_ for view in waiting for id_ in view.exposure.flows}),
        leaks=_some([LeakView(leak, category_view(leak.category)) for leak in sorted(audit.leaks)], ROWS),
        over_fetch=_some(over_fetch_views(audit), ROWS),
        unread=_some(unread(audit).fields, ROWS),
        gaps=_some(sorted(audit.gaps, key=lambda gap: (-gap.share, -gap.count, gap)), ROWS),
        documents=documents(audit, held),
    )


def _some(items: Sequence[T], most: int) -> Some[T]:
    return Some(*first(items, most))


def over_fetch_views(audit: Audit) -> tuple[OverFetchView, ...]:
    """The most sensitive first."""
    views = [OverFetchView(found, category_view(found.category)) for found in audit.over_fetch]
    return tuple(sorted(views, key=lambda view: (category_rank(view.category), view.found)))


def coverage(audit: Audit) -> tuple[str, ...]:
    """What was looked at, in short phrases: window, spans, sampling, statements understood."""
    scope = audit.scope
    window = f"{scope.first} to {scope.last}" if scope.first and scope.last else "no time window"
    parsed = scope.statements_parsed / scope.statements if scope.statements else None
    statements = (
        "no statements" if parsed is None else f"{share(parsed)} of {count(scope.statements, 'statement')} parsed"
    )
    seen = f"{count(scope.spans, 'span')} in {count(scope.traces, 'trace')}"
    counted = (
        f"traces show {c.traced_calls:,} of the {count(c.counted_calls, 'statement call')} that {c.store} counted"
        for c in sorted(scope.coverage, key=lambda c: c.store)
    )
    return window, seen, f"sampling: {scope.sampling}", statements, *counted


def figures(audit: Audit, fields: tuple[FieldView, ...]) -> tuple[Figure, ...]:
    """The numbers above the fold."""
    waiting, outside = waiting_exposures(audit), {f.sink for f in audit.flows if f.sink.kind == "outsider"}
    decided = len(audit.exposures) - waiting
    tables = {(view.field.store, view.field.table) for view in fields}
    return (
        Figure(f"{waiting:,}", "not approved", "exposures to decide on", "undecided", waiting > 0),
        Figure(f"{decided:,}", "approved", "or waived by a reviewer", "decided"),
        Figure(f"{len(fields):,}", "sensitive fields", f"in {count(len(tables), 'table')}", "categories"),
        Figure(f"{len(audit.services):,}", "services", f"{count(len(audit.stores), 'store')}", "services"),
        Figure(f"{len(outside):,}", "outside parties", "that personal data reaches", "matrix", bool(outside)),
        Figure(f"{len(audit.leaks):,}", "telemetry leaks", "personal data in traces", "leaks", bool(audit.leaks)),
        Figure(f"{len(audit.gaps):,}", "gaps", "what could not be seen", "gaps"),
    )
