"""What auditor.toml declares of the processing: `[organisation]`, `[[processing]]`, `[[transfers]]`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from auditor.annotations.entries import Entry, complaints, entries, table
from lineage.audit import Audit
from lineage.declarations import Declarations, Organisation, Processing, Transfer
from lineage.model import Gap

SETTINGS = ("organisation", "processing", "transfers")


def read_declarations(data: Mapping[str, Any], text: str) -> tuple[Declarations, list[str]]:
    """The declarations of a parsed TOML file, and all mistakes in them, each with its line."""
    about, mistakes = table(data, "organisation", text)
    activities, wrong_activities = entries(data, "processing", text)
    sent, wrong_transfers = entries(data, "transfers", text)
    found = Declarations(
        _organisation(about), tuple(map(_processing, activities)), tuple(_transfer(entry) for entry in sent)
    )
    mistakes += [*wrong_activities, *wrong_transfers, *complaints((about, *activities, *sent))]
    return found, mistakes + _twice(activities)


def _organisation(entry: Entry) -> Organisation:
    entry.only("controller", "contact", "dpo", "representative")
    return Organisation(*(entry.text(key) for key in ("controller", "contact", "dpo", "representative")))


def _processing(entry: Entry) -> Processing:
    entry.only("name", "services", "stores", *_TEXTS, "data_subjects")
    services, stores = entry.texts("services"), entry.texts("stores")
    if not services and not stores:
        entry.mistakes.append(f"{entry.place}: say 'services', 'stores' or both: names or patterns with *")
    texts = {key: entry.text(key) for key in _TEXTS}
    name, subjects = entry.text("name", required=True), entry.texts("data_subjects")
    return Processing(name, services, stores, data_subjects=subjects, **texts)


_TEXTS = ("purpose", "legal_basis", "retention", "owner", "security")


def _transfer(entry: Entry) -> Transfer:
    entry.only("to", "safeguard", "contract")
    return Transfer(entry.text("to", required=True).lower(), entry.text("safeguard"), entry.text("contract"))


def _twice(activities: Iterable[Entry]) -> list[str]:
    first: dict[str, Entry] = {}
    return [
        f"{entry.place}: the same name as {known.place}"
        for entry in activities
        if isinstance(name := entry.row.get("name"), str) and (known := first.setdefault(name.strip(), entry)) != entry
    ]


def unused_declarations(audit: Audit) -> list[Gap]:
    """A gap for each declared pattern that fits nothing in the audit: renamed, or not seen this time."""
    said = audit.declarations
    named = [
        (f"[[processing]] {activity.name}: {pattern}", any(Processing("", (pattern,)).has_service(n) for n in names))
        for activity in said.processing
        for patterns, names in (
            (activity.services, [service.name for service in audit.services]),
            (activity.stores, [store.name for store in audit.stores]),
        )
        for pattern in patterns
    ]
    named += [(f"[[transfers]] {t.to}", any(t.covers(o.name) for o in audit.outsiders)) for t in said.transfers]
    hides = "a declaration that fits nothing in this audit: it was renamed, or it was not seen in this window"
    return [Gap("unused_declaration", where, 1, round(1 / len(named), 4), hides) for where, used in named if not used]
