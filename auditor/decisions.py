"""The decisions of auditor.toml: read, applied to what the machine says, and missed when they fit nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from auditor.annotations.entries import Entry, complaints, entries
from auditor.errors import ConfigError
from classifiers.decisions import ConflictingDecisions, Decision, Pattern, decide, names_of
from classifiers.model import Label
from lineage.model import Gap


def read_decisions(data: Mapping[str, Any], text: str, own: Sequence[str]) -> tuple[tuple[Decision, ...], list[str]]:
    """The `[[fields]]` of a parsed TOML file, and all mistakes in them. `own` are the team's own categories."""
    found, mistakes = entries(data, "fields", text)
    decisions = [_decision(entry, own) for entry in found]
    mistakes += complaints(found)
    first: dict[str, Decision] = {}
    for decision in decisions:
        known = first.setdefault(decision.pattern.full, decision)
        if known is not decision and decision.pattern.text:
            mistakes.append(f"{decision.place}: the same fields as {known.place} ('{decision.pattern.text}')")
    return tuple(decisions), mistakes


def _decision(entry: Entry, own: Sequence[str]) -> Decision:
    entry.only("match", "category", "facet", "by", "reason", "date")
    return Decision(
        Pattern(entry.text("match", required=True)),
        entry.categories(own, none=True),
        entry.text("reason", required=True),
        entry.facet(),
        entry.text("by"),
        _date(entry),
        entry.place,
    )


def _date(entry: Entry) -> str:
    value = entry.row.get("date")
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    try:
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
    except (ValueError, TypeError):
        entry.mistakes.append(f"{entry.place}: 'date' must be a day such as 2026-01-31")
        return ""


def decision_for(decisions: Sequence[Decision], store: str, table: str, column: str) -> Decision | None:
    """The decision for a field, or for a key of a call (CALLEE, SUBJECT, KEY). Raises ConfigError on a conflict."""
    try:
        return decide(decisions, store, table, column)
    except ConflictingDecisions as conflict:
        raise ConfigError(str(conflict)) from None


def settle(decisions: Sequence[Decision], place: tuple[str, str, str], labels: tuple[Label, ...]) -> tuple[Label, ...]:
    """What holds: the decision for the place when there is one, else the machine's labels."""
    decision = decision_for(decisions, *place)
    return labels if decision is None else decision.labels()


def unused_decisions(decisions: Sequence[Decision], places: Iterable[tuple[str, str, str]]) -> list[Gap]:
    """A gap for each decision that fits none of the places: a field that was renamed, moved or not seen."""
    left = list(decisions)
    for place in places:
        names = names_of(*place)
        left = [decision for decision in left if not decision.pattern.fits_one(names)]
        if not left:
            break
    hides = "a decision that fits no field of this audit: the field was renamed, or a schema file is missing"
    return [
        Gap("unused_decision", f"{decision.place} '{decision.pattern.text}'", 1, round(1 / len(decisions), 4), hides)
        for decision in left
    ]
