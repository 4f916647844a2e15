"""All documents of an audit, in the order of the page, and each as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from classifiers import taxonomy
from lineage.audit import Audit
from reports.documents import record, screening, sectors
from reports.documents.cells import Document, as_text
from reports.documents.holdings import Holdings, holdings
from reports.documents.transfers import transfers
from reports.table import csv_text

LONGEST = 32_000  # characters of a cell; spreadsheets hold 32,767


def documents(audit: Audit, held: Holdings) -> tuple[Document, ...]:
    """Everything a reviewer has to produce, as far as the audit and what people declared can fill it in."""
    return (
        record.organisation(audit),
        record.record(audit, held),
        transfers(audit),
        record.retention(audit, held),
        screening.screening(audit, held),
        sectors.cardholder(audit, held),
        sectors.changes(audit),
        sectors.identifiers(held),
        sectors.sensitive(audit, held),
    )


def ropa_csv(audit: Audit) -> str:
    """The record of processing as CSV: one row an activity, who answers for it in the first columns."""
    with taxonomy.read_as(audit.readings):
        document = record.record(audit, holdings(audit))
        first = record.organisation_cells(audit)
    rows = (tuple(map(as_text, (*first, *row))) for row in document.rows)
    return csv_text((*record.ORGANISATION, *document.columns), rows, LONGEST)


def document_csv(id_: str) -> Callable[[Audit], str]:
    """A renderer of one document, by its id, as CSV."""

    def render(audit: Audit) -> str:
        with taxonomy.read_as(audit.readings):
            (document,) = (one for one in documents(audit, holdings(audit)) if one.id == id_)
        return csv_text(document.columns, (tuple(map(as_text, row)) for row in document.rows), LONGEST)

    return render


CSV: Final[Mapping[str, Callable[[Audit], str]]] = {
    "ropa-csv": ropa_csv,
    **{f"{id_}-csv": document_csv(id_) for id_ in ("transfers", "retention", "dpia", "pci", "pci-changes", "hipaa")},
    "cpra-csv": document_csv("cpra"),
}
