"""Where personal data lives, and who touches it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.model import Label
from lineage.audit import Access, Audit, AuditField
from lineage.model import ROLES, Role
from lineage.wanted import row_of
from reports.flow_view import CategoryView, category_rank, category_view
from reports.words import sensitivity_rank


@dataclass(frozen=True, slots=True)
class Finding:
    """A label on a field, with its category in words."""

    label: Label
    category: CategoryView


@dataclass(frozen=True, slots=True)
class Touch:
    """What one service does with a field, summed over its operations."""

    service: str
    roles: tuple[Role, ...]
    operations: tuple[str, ...]
    calls: int
    certain: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field that holds personal data."""

    field: AuditField
    findings: tuple[Finding, ...]
    touches: tuple[Touch, ...]


def field_views(audit: Audit) -> tuple[FieldView, ...]:
    """Fields with a label of some sensitivity, the most sensitive first."""
    accesses: dict[str, list[Access]] = defaultdict(list)
    for access in audit.accesses:
        accesses[access.field].append(access)
    views = [field_view(field, _of(field.id, accesses)) for field in audit.fields]
    return tuple(sorted((view for view in views if view.findings), key=_rank))


def field_view(field: AuditField, accesses: Sequence[Access]) -> FieldView:
    """One field, with the accesses that touch it."""
    return FieldView(field, _findings(field), _touches(accesses))


def _of(field: str, accesses: Mapping[str, list[Access]]) -> list[Access]:
    """Who touches the field by its name, and who touches whole rows of its table by other statements."""
    named = accesses.get(field, [])
    whole = accesses.get(row_of(field), []) if row_of(field) != field else []
    known = {(access.service, access.operation, statement) for access in named for statement in access.statements}
    return named + [a for a in whole if {(a.service, a.operation, one) for one in a.statements} - known]


def _findings(field: AuditField) -> tuple[Finding, ...]:
    findings = (Finding(label, category_view(label.category)) for label in field.labels)
    known = (finding for finding in findings if finding.category.sensitivity != "none")
    return tuple(sorted(known, key=lambda finding: (-finding.label.confidence, category_rank(finding.category))))


def _touches(accesses: Sequence[Access]) -> tuple[Touch, ...]:
    by_service: dict[str, list[Access]] = defaultdict(list)
    for access in accesses:
        by_service[access.service].append(access)
    return tuple(
        Touch(
            service,
            tuple(role for role in ROLES if any(role in access.roles for access in group)),
            tuple(sorted({access.operation for access in group})),
            sum(access.calls for access in group),
            any(access.certain for access in group),
        )
        for service, group in sorted(by_service.items())
    )


def _rank(view: FieldView) -> tuple[object, ...]:
    gravest = min(sensitivity_rank(finding.category.sensitivity) for finding in view.findings)
    return gravest, view.field.store, view.field.table, view.field.column
