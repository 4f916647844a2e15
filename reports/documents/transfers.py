"""Recipients of personal data outside, by region: what Chapter V of the GDPR asks about."""

from __future__ import annotations

from collections import defaultdict

from lineage.audit import Audit, Flow, Outsider
from reports.documents.cells import Cell, Document, Mark, Part, declared, missing, plain, seen
from reports.flow_view import category_view

COLUMNS = ("Region", "Recipient", "Provider", "What for", "Personal data", "Sent by", "Safeguards", "Contract")


def transfers(audit: Audit) -> Document:
    """One row a recipient, those without a declared region first: whether they are transfers is for people to say."""
    flows: dict[str, list[Flow]] = defaultdict(list)
    for flow in audit.flows:
        if flow.sink.kind == "outsider":
            flows[flow.sink.name].append(flow)
    known = {outsider.name: outsider for outsider in audit.outsiders}
    reached = [known.get(name, Outsider(name, ())) for name in flows]
    rows = [
        (
            region_cell(outsider),
            plain(outsider.name),
            _word(outsider, "provider"),
            _word(outsider, "purpose"),
            seen((category_view(f.category).title, f.evidence) for f in flows[outsider.name]),
            seen((f.source.name, f.evidence) for f in flows[outsider.name]),
            safeguard_cell(audit, outsider),
            declared(_said(audit, outsider)[1], "[[transfers]] contract"),
        )
        for outsider in sorted(reached, key=lambda one: (one.region or "", one.name))
    ]
    silent = sorted(set(known) - set(flows))
    notes = (f"Called as well, and no personal data was seen going there: {', '.join(silent)}.",) if silent else ()
    lead = (
        "Hosts outside that personal data reaches or may reach. Where a host works is declared by people; without it "
        "nobody can say whether sending to it is a transfer to a third country."
    )
    title = "Recipients and transfers by region"
    return Document("transfers", title, "GDPR Art. 30(1)(d), (e); Chapter V", lead, COLUMNS, tuple(rows), notes)


def region_cell(outsider: Outsider, *, told: bool = False) -> Cell:
    """Where the recipient works; `told` puts its name before it."""
    before = f"{outsider.name}: " if told else ""
    if outsider.region:
        return declared(before + outsider.region, "")
    return missing(f"[[outsiders]] region of {outsider.name}")


def safeguard_cell(audit: Audit, outsider: Outsider, *, told: bool = False) -> Cell:
    """What covers the sending; `told` puts the recipient's name before it."""
    said = _said(audit, outsider)[0]
    before = f"{outsider.name}: " if told and said else ""
    return declared(before + said, f"[[transfers]] safeguard for {outsider.name}")


def _said(audit: Audit, outsider: Outsider) -> tuple[str, str]:
    """The first safeguard and the first contract of the entries that cover the host."""
    covering = [transfer for transfer in audit.declarations.transfers if transfer.covers(outsider.name)]
    return (
        next((transfer.safeguard for transfer in covering if transfer.safeguard), ""),
        next((transfer.contract for transfer in covering if transfer.contract), ""),
    )


def _word(outsider: Outsider, word: str) -> Cell:
    value: str | None = getattr(outsider, word)
    if not value:
        return missing(f"[[outsiders]] {word}")
    mark: Mark = "declared" if word in outsider.declared else "known host"
    return (Part(mark, (value,)),)
