"""The record of processing activities (GDPR Art. 30(1)) and the periods of retention (Art. 30(1)(f), CPRA)."""

from __future__ import annotations

from lineage.audit import Audit, Outsider
from lineage.declarations import Processing
from lineage.model import EvidenceLevel, Party
from reports.documents.cells import Cell, Document, declared, not_seen, plain, seen
from reports.documents.holdings import Holdings
from reports.documents.transfers import region_cell, safeguard_cell

UNDECLARED = "Processing that nobody declared"
COLUMNS = (
    *("Activity", "Owner", "Purposes, 30(1)(b)", "Legal basis", "Data subjects, 30(1)(c)"),
    *("Personal data, 30(1)(c)", "Recipients outside, 30(1)(d)", "Regions of recipients, 30(1)(e)"),
    *("Safeguards, 30(1)(e)", "Erasure, 30(1)(f)", "Security, 30(1)(g)", "Services", "Stores"),
)
ORGANISATION = ("Controller, 30(1)(a)", "Contact", "Data protection officer", "Representative")


def organisation(audit: Audit) -> Document:
    """Who answers for the processing."""
    rows = tuple(zip(map(plain, ORGANISATION), organisation_cells(audit), strict=True))
    lead = "Who answers for the processing. Telemetry knows nothing of it."
    return Document("organisation", "Controller and contacts", "GDPR Art. 30(1)(a)", lead, ("What", "Who"), rows)


def organisation_cells(audit: Audit) -> tuple[Cell, ...]:
    """The controller and the contacts, in the order of ORGANISATION."""
    said = audit.declarations.organisation
    words = {
        "controller": said.controller,
        "contact": said.contact,
        "dpo": said.dpo,
        "representative": said.representative,
    }
    return tuple(declared(text, f"[organisation] {word}") for word, text in words.items())


def record(audit: Audit, held: Holdings) -> Document:
    """One row an activity that people declared, and one for all that is left, so that no personal data goes missing."""
    activities = sorted(audit.declarations.processing)
    rows = [_row(audit, held, activity, _covered(held, activity)) for activity in activities]
    left = _uncovered(held, activities)
    if left or not activities:
        rows.append(_row(audit, held, Processing(UNDECLARED), left))
    lead = (
        "What telemetry can fill in, for each activity that people declared in auditor.toml and for what is left. "
        "Each part says where it comes from; nothing is guessed."
    )
    return Document(
        "ropa", "Record of processing activities", "GDPR Art. 30(1)", lead, COLUMNS, tuple(rows), cards=True
    )


def retention(audit: Audit, held: Holdings) -> Document:
    """The stores that hold personal data, and for how long people say that it is kept."""
    rows = []
    for store in (party for party in held if party.kind == "store"):
        mine = [activity for activity in sorted(audit.declarations.processing) if activity.has_store(store.name)]
        periods = tuple(f"{activity.name}: {activity.retention}" for activity in mine if activity.retention)
        kept = seen((one.category.title, one.evidence) for one in held[store])
        names = declared(tuple(activity.name for activity in mine), "[[processing]] stores")
        rows.append((plain(store.name), kept, names, declared(periods, "[[processing]] retention")))
    lead = "For how long data is kept. A deletion seen in telemetry is no period: only people can declare one."
    columns = ("Store", "Personal data", "Activities", "Retention")
    return Document("retention", "Retention", "GDPR Art. 30(1)(f); CPRA 1798.100(a)(3)", lead, columns, tuple(rows))


def _covered(held: Holdings, activity: Processing) -> tuple[Party, ...]:
    fits = {"service": activity.has_service, "store": activity.has_store}
    return tuple(party for party in held if party.kind in fits and fits[party.kind](party.name))


def _uncovered(held: Holdings, activities: list[Processing]) -> tuple[Party, ...]:
    covered = {party for activity in activities for party in _covered(held, activity)}
    return tuple(party for party in held if party.kind in ("service", "store") and party not in covered)


def _row(audit: Audit, held: Holdings, activity: Processing, parties: tuple[Party, ...]) -> tuple[Cell, ...]:
    data = seen((one.category.title, one.evidence) for party in parties for one in held[party])
    going = [(flow.sink, flow.evidence) for flow in audit.flows if flow.sink.kind == "outsider"]
    if activity.name != UNDECLARED or audit.declarations.processing:
        mine = set(parties)
        going = [(f.sink, f.evidence) for f in audit.flows if f.sink.kind == "outsider" and f.source in mine]
    known = {outsider.name: outsider for outsider in audit.outsiders}
    recipients = [known.get(name, Outsider(name, ())) for name in sorted({party.name for party, _ in going})]
    entry = "[[processing]]"
    return (
        plain(activity.name),
        declared(activity.owner, f"{entry} owner"),
        declared(activity.purpose, f"{entry} purpose"),
        declared(activity.legal_basis, f"{entry} legal_basis"),
        declared(activity.data_subjects, f"{entry} data_subjects"),
        data or not_seen("personal data"),
        seen((_named(known, party.name), evidence) for party, evidence in going) or not_seen("recipients outside"),
        tuple(part for outsider in recipients for part in region_cell(outsider, told=True)) or plain("none to declare"),
        tuple(part for outsider in recipients for part in safeguard_cell(audit, outsider, told=True))
        or plain("none to declare"),
        declared(activity.retention, f"{entry} retention"),
        declared(activity.security, f"{entry} security"),
        _names(held, parties, "service"),
        _names(held, parties, "store"),
    )


def _named(known: dict[str, Outsider], name: str) -> str:
    purpose = known[name].purpose if name in known else None
    return f"{name} ({purpose})" if purpose else name


def _names(held: Holdings, parties: tuple[Party, ...], kind: str) -> Cell:
    """The strongest evidence that the party holds anything is the evidence for its place in the record."""
    levels: list[tuple[str, EvidenceLevel]] = [
        (party.name, one.evidence) for party in parties if party.kind == kind for one in held[party]
    ]
    return seen(levels) or not_seen(f"{kind}s of this activity")
