"""Screening for an impact assessment (GDPR Art. 35): which of the nine criteria telemetry gives indicators of.

The criteria are those of the guidelines WP 248 rev.01. An indicator is a reason to look, never a conclusion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from classifiers.taxonomy import is_within
from lineage.audit import Audit
from lineage.model import EVIDENCE, EvidenceLevel, Party
from reports.documents.cells import Cell, Document, plain, seen
from reports.documents.holdings import Held, Holdings
from reports.text import count

COLUMNS = ("Criterion", "Indicator", "What was seen")
LANGUAGE_MODELS = "language models"
PROFILING = ("advertising", "analytics", "customer relations", "identity and fraud checks", LANGUAGE_MODELS)
WATCHED = ("user.behavior", "user.location", "user.device", "user.telemetry")
SPECIAL = ("gdpr_special_category", "gdpr_criminal", "gdpr_national_id", "pci_cardholder")
PERSONAL = ("user.financial", "user.location.precise", "user.content.private")
_Item = tuple[str, EvidenceLevel]


@dataclass(frozen=True, slots=True)
class _Seen:
    audit: Audit
    held: Holdings


def screening(audit: Audit, held: Holdings) -> Document:
    """The nine criteria in their order, each with its indicators."""
    rows = tuple(_row(number, title, find, _Seen(audit, held)) for number, (title, find) in enumerate(_CRITERIA, 1))
    found = sum(row[1] == plain(INDICATOR) for row in rows)
    lead = (
        f"{found} of 9 criteria show an indicator in this telemetry. An indicator is a reason to look, not a "
        "conclusion: whether an assessment is required is for people to decide, and what was not seen may still be so."
    )
    return Document("dpia", "Screening for an impact assessment", "GDPR Art. 35; WP 248", lead, COLUMNS, rows)


INDICATOR = "indicator"
FIGURE = "figures, to be judged by people"
NONE = "no indicator seen"
OUT_OF_SIGHT = "telemetry cannot show it"


def _row(number: int, title: str, find: Callable[[_Seen], Iterable[_Item]] | None, look: _Seen) -> tuple[Cell, ...]:
    name = plain(f"{number}. {title}")
    if find is None:
        return name, plain(OUT_OF_SIGHT), plain("to be judged by people")
    cell = seen(find(look))
    word = FIGURE if find is _large_scale else INDICATOR
    return name, plain(word if cell else NONE), cell or plain("not seen is no proof")


def _profiling(look: _Seen) -> Iterable[_Item]:
    yield from _recipients(look, PROFILING)
    yield from _of_categories(look, ("user.behavior",))


def _monitoring(look: _Seen) -> Iterable[_Item]:
    yield from _of_categories(look, WATCHED)


def _sensitive(look: _Seen) -> Iterable[_Item]:
    for party, one in _all(look):
        if one.of(*SPECIAL):
            yield f"{one.category.title} at {party.name}", one.evidence
    yield from _of_categories(look, PERSONAL)


def _large_scale(look: _Seen) -> Iterable[_Item]:
    """Counts alone: no law names a number."""
    scope, touched = look.audit.scope, {a.service for a in look.audit.accesses}
    personal = {field.id for field in look.audit.fields if field.labels}
    calls = sum(access.calls for access in look.audit.accesses if access.field in personal)
    if calls:
        window = f" between {scope.first} and {scope.last}" if scope.first and scope.last else ""
        fields = count(len(personal), "field")
        yield (
            f"{count(calls, 'access', 'accesses')} to {fields} by {count(len(touched), 'service')}{window}",
            "observed",
        )


def _matching(look: _Seen) -> Iterable[_Item]:
    """One service that holds personal fields of several stores can join what was collected apart."""
    store_of = {field.id: field.store for field in look.audit.fields}
    for party, held in look.held.items():
        stores: dict[str, EvidenceLevel] = {}
        for one in held:
            for field in one.fields:
                store = store_of.get(field) or field.rpartition("/")[0]
                stores[store] = min(one.evidence, stores.get(store, one.evidence), key=EVIDENCE.index)
        if party.kind == "service" and len(stores) > 1:
            weakest = max(stores.values(), key=EVIDENCE.index)
            yield f"{party.name} holds fields of {', '.join(sorted(stores))}", weakest


def _vulnerable(look: _Seen) -> Iterable[_Item]:
    yield from _of_categories(look, ("user.childrens", "user.workplace"))
    for party, one in _all(look):
        if one.of("phi") and party.kind == "store":
            yield f"{one.category.title} at {party.name}: of patients", one.evidence


def _new_technology(look: _Seen) -> Iterable[_Item]:
    yield from _recipients(look, (LANGUAGE_MODELS,))
    for party, one in _all(look):
        if is_within(one.category.key, "user.biometric"):
            yield f"{one.category.title} at {party.name}", one.evidence


def _recipients(look: _Seen, purposes: tuple[str, ...]) -> Iterable[_Item]:
    known = {outsider.name: outsider.purpose for outsider in look.audit.outsiders}
    for party, one in _all(look):
        if party.kind == "outsider" and (purpose := known.get(party.name)) in purposes:
            yield f"{one.category.title} to {party.name} ({purpose})", one.evidence


def _of_categories(look: _Seen, ancestors: tuple[str, ...]) -> Iterable[_Item]:
    for party, one in _all(look):
        if any(is_within(one.category.key, ancestor) for ancestor in ancestors):
            yield f"{one.category.title} at {party.name}", one.evidence


def _all(look: _Seen) -> Iterable[tuple[Party, Held]]:
    return ((party, one) for party, held in look.held.items() for one in held)


_CRITERIA: tuple[tuple[str, Callable[[_Seen], Iterable[_Item]] | None], ...] = (
    ("Evaluation or scoring, profiling included", _profiling),
    ("Automated decisions with legal or similar effect", None),
    ("Systematic monitoring", _monitoring),
    ("Sensitive or highly personal data", _sensitive),
    ("Data processed on a large scale", _large_scale),
    ("Matching or combining of data sets", _matching),
    ("Vulnerable data subjects", _vulnerable),
    ("New technology", _new_technology),
    ("People kept from a right, a service or a contract", None),
)
