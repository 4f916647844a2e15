"""The record of processing activities (GDPR Art. 30(1)) as far as telemetry can fill it in: a draft with open cells."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.model import Audit
from reports.field_view import CategoryRow

OPEN = "to be declared"  # by the controller: no telemetry can know it


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A cell of the record: `found` is what the audit knows, `open` what a person has to declare."""

    article: str
    what: str
    found: str | None
    open: str | None


def record_rows(audit: Audit, categories: tuple[CategoryRow, ...]) -> tuple[RecordRow, ...]:
    """The rows of the record in the order of the article."""
    kinds = ", ".join(row.category.title for row in categories)
    recipients = ", ".join(sorted({flow.sink.name for flow in audit.flows if flow.sink.kind == "outsider"}))
    return (
        RecordRow("30(1)(a)", "Controller and data protection officer", None, OPEN),
        RecordRow("30(1)(b)", "Purposes of the processing", None, OPEN),
        RecordRow("30(1)(c)", "Categories of data subjects", None, OPEN),
        RecordRow("30(1)(c)", "Categories of personal data", kinds or None, None if kinds else OPEN),
        RecordRow(
            "30(1)(d)", "Recipients outside the system", recipients or None, f"legal entity and contract: {OPEN}"
        ),
        RecordRow("30(1)(e)", "Transfers to third countries and safeguards", None, OPEN),
        RecordRow("30(1)(f)", "Time limits for erasure", None, OPEN),
        RecordRow("30(1)(g)", "Security measures", None, OPEN),
    )
