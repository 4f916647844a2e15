"""What other rules ask for: PCI DSS 1.2.4, HIPAA's identifiers, CPRA's sensitive categories."""

from __future__ import annotations

from collections.abc import Iterable

from classifiers import taxonomy
from lineage.audit import Audit, Flow
from lineage.model import EVIDENCE, Party
from reports.documents.cells import Cell, Document, Part, missing, not_seen, plain, seen
from reports.documents.holdings import Held, Holdings
from reports.flow_view import CategoryView, category_rank, category_view
from reports.words import KIND_WORDS

CARD = "pci_cardholder"


def cardholder(audit: Audit, held: Holdings) -> Document:
    """Who stores, processes or transmits cardholder data, beside the diagram of just that."""
    flows = card_flows(audit)
    rows = []
    for party, all_held in held.items():
        cards = [one for one in all_held if one.of(CARD)]
        if not cards:
            continue
        fields = tuple(sorted({field for one in cards for field in one.fields}))
        sends = seen((f.sink.name, f.evidence) for f in flows if f.source == party)
        gets = seen((f.source.name, f.evidence) for f in flows if f.sink == party)
        what = seen((one.category.title, one.evidence) for one in cards)
        rows.append((_party(party), what, plain(*fields) if fields else plain("field not known"), gets, sends))
    lead = (
        "Systems seen with cardholder data, and how it moves between them. Card numbers that are cut short or replaced "
        "by a token are listed too: names alone do not tell. Networks and segments are out of telemetry's sight."
    )
    columns = ("System", "Data", "Fields", "Gets it from", "Sends it to")
    return Document("pci", "Cardholder data: systems and flows", "PCI DSS 4.0.1, 1.2.4", lead, columns, tuple(rows))


def card_flows(audit: Audit) -> tuple[Flow, ...]:
    """The flows of cardholder data."""
    return tuple(flow for flow in audit.flows if CARD in taxonomy.groups(flow.category))


def changes(audit: Audit) -> Document:
    """The log of changes to the diagram of cardholder data: each flow's approval, the latest first."""
    states = {exposure.id: exposure.state for exposure in audit.exposures}
    logged = [entry for entry in audit.approvals if CARD in taxonomy.groups(entry.category)]
    rows = [
        (
            _by_people(entry.at, "the lock's 'at'"),
            _by_people(entry.by, "the lock's 'by'"),
            _by_people(entry.reason, "the lock's 'reason'"),
            plain(f"{category_view(entry.category).title} → {entry.sink}"),
            plain(entry.id),
            plain("seen" if entry.id in states else "not seen this time"),
        )
        for entry in sorted(logged, key=lambda entry: (entry.at, entry.id), reverse=True)
    ]
    rows += [
        (
            missing("a decision"),
            missing("a decision"),
            missing("a decision"),
            plain(f"{category_view(exposure.category).title} → {exposure.sink.name}"),
            plain(exposure.id),
            plain("seen, not approved"),
        )
        for exposure in sorted(audit.exposures, key=lambda one: one.id)
        if exposure.state in ("new", "violation") and CARD in taxonomy.groups(exposure.category)
    ]
    lead = "Each entry is an approval in the lock. Version control holds the changes of the lock itself."
    columns = ("Approved", "By", "Reason", "Flow", "Exposure", "This audit")
    return Document(
        "pci-changes", "Cardholder data: log of changes", "PCI DSS 4.0.1, 1.2.4", lead, columns, tuple(rows)
    )


def identifiers(held: Holdings) -> Document:
    """HIPAA's identifiers and health information by system; both at one place is what makes them protected."""
    rows = []
    for party, all_held in held.items():
        health = [one for one in all_held if one.of("phi")]
        named = [one for one in all_held if one.of("hipaa_identifier") and one not in health]
        if not health and not named:
            continue
        both: Cell = plain("no")
        if health and named:
            levels = [min((one.evidence for one in part), key=EVIDENCE.index) for part in (health, named)]
            both = seen([("identifiers and health information at one place", max(levels, key=EVIDENCE.index))])
        cells = (_titles(named) or not_seen("identifiers"), _titles(health) or not_seen("health information"))
        rows.append((_party(party), *cells, both))
    lead = (
        "Identifiers of 45 CFR 164.514(b)(2) and health information by system. Whether the organisation is covered, "
        "and whether an agreement stands with each recipient, is for people to say."
    )
    columns = ("System", "Identifiers", "Health information", "Together")
    return Document("hipaa", "Identifiers and health information", "HIPAA 45 CFR 164.514", lead, columns, tuple(rows))


def sensitive(audit: Audit, held: Holdings) -> Document:
    """The categories that CPRA calls sensitive: where they are, and where they leave to."""
    at: dict[CategoryView, list[tuple[Party, Held]]] = {}
    for party, all_held in held.items():
        for one in all_held:
            if one.of("ccpa_sensitive"):
                at.setdefault(one.category, []).append((party, one))
    rows = tuple(
        (
            plain(category.title),
            _at(at[category], "store") or not_seen("stores"),
            _at(at[category], "service") or not_seen("services"),
            _at(at[category], "outsider") or not_seen("recipients outside"),
            missing("whether it is sold, shared or used to infer, and for which purpose"),
        )
        for category in sorted(at, key=category_rank)
    )
    lead = (
        "Sensitive personal information as Cal. Civ. Code 1798.140(ae) lists it. A log-in counts together with its "
        "password; content counts unless the business is its addressee."
    )
    columns = ("Category", "Kept in", "Services", "Recipients outside", "Sale, sharing, use")
    return Document("cpra", "Sensitive personal information", "CPRA 1798.121, 1798.140(ae)", lead, columns, rows)


def _at(places: Iterable[tuple[Party, Held]], kind: str) -> Cell:
    return seen((party.name, one.evidence) for party, one in places if party.kind == kind)


def _titles(held: Iterable[Held]) -> Cell:
    return seen((one.category.title, one.evidence) for one in held)


def _party(party: Party) -> Cell:
    return plain(f"{party.name} ({KIND_WORDS[party.kind]})")


def _by_people(text: str, setting: str) -> Cell:
    return (Part("declared", (text,)),) if text else missing(setting)
