"""What the report's template sees, built from an audit by pure functions. Nothing else reaches the template."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.model import Audit, Call, Gap, Leak, OverFetch
from reports.documents.all import documents
from reports.documents.cells import Document
from reports.documents.holdings import holdings
from reports.field_view import CategoryRow, FieldView, category_rows, field_views
from reports.flow_view import (
    CategoryView,
    ExposureView,
    FlowGroup,
    category_rank,
    category_view,
    exposure_views,
    flow_groups,
)
from reports.flow_view import flow_views as flows_by_id
from reports.matrix import Matrix, matrix
from reports.text import count, share
from reports.verdict import VerdictView, undecided, verdict


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
class ReportView:
    """The whole page, top to bottom. `audit` is there for what is shown as it is: scope, services, stores, gaps."""

    audit: Audit
    verdict: VerdictView
    coverage: tuple[str, ...]
    figures: tuple[Figure, ...]
    undecided: tuple[ExposureView, ...]
    decided: tuple[ExposureView, ...]
    matrix: Matrix
    categories: tuple[CategoryRow, ...]
    fields: tuple[FieldView, ...]
    groups: tuple[FlowGroup, ...]
    calls: tuple[Call, ...]
    over_fetch: tuple[OverFetchView, ...]
    leaks: tuple[LeakView, ...]
    gaps: tuple[Gap, ...]
    documents: tuple[Document, ...]


def build(audit: Audit) -> ReportView:
    """Everything the page says, in the order in which it says it."""
    flows = flows_by_id(audit)
    exposures = exposure_views(audit, flows)
    fields = field_views(audit)
    categories = category_rows(audit, fields)
    return ReportView(
        audit=audit,
        verdict=verdict(audit),
        coverage=coverage(audit),
        figures=figures(audit, fields),
        undecided=tuple(view for view in exposures if view.exposure.state in ("new", "violation")),
        decided=tuple(view for view in exposures if view.exposure.state not in ("new", "violation")),
        matrix=matrix(exposures),
        categories=categories,
        fields=fields,
        groups=flow_groups(flows),
        calls=tuple(sorted(audit.calls, key=lambda call: (call.caller or "", call.callee, call.operation))),
        over_fetch=over_fetch_views(audit),
        leaks=tuple(LeakView(leak, category_view(leak.category)) for leak in sorted(audit.leaks)),
        gaps=tuple(sorted(audit.gaps, key=lambda gap: (-gap.share, -gap.count, gap))),
        documents=documents(audit, holdings(audit)),
    )


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
    waiting, outside = undecided(audit), {f.sink for f in audit.flows if f.sink.kind == "outsider"}
    decided = len(audit.exposures) - waiting
    tables = {(view.field.store, view.field.table) for view in fields}
    return (
        Figure(f"{waiting:,}", "not approved", "exposures to decide on", "undecided", waiting > 0),
        Figure(f"{decided:,}", "approved", "or waived by a reviewer", "decided"),
        Figure(f"{len(fields):,}", "sensitive fields", f"in {count(len(tables), 'table')}", "fields"),
        Figure(f"{len(audit.services):,}", "services", f"{count(len(audit.stores), 'store')}", "parties"),
        Figure(f"{len(outside):,}", "outside parties", "that personal data reaches", "matrix", bool(outside)),
        Figure(f"{len(audit.leaks):,}", "telemetry leaks", "personal data in traces", "leaks", bool(audit.leaks)),
        Figure(f"{len(audit.gaps):,}", "gaps", "what could not be seen", "gaps"),
    )
