"""`[[examples]]`: tests of rules, written beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditor.annotations.entries import Entry, complaints, entries
from auditor.gate.rulefile import SINK_KINDS
from classifiers.decisions import usual_facet
from classifiers.taxonomy import CATEGORIES, groups, sensitivity
from lineage.gate.policy import Example
from lineage.gate.subjects import TELEMETRY, UNKNOWN, Fact, Subject
from lineage.model import EVIDENCE

EXPECTED = ("approved", "new", "violation", "told")
_SUBJECT = ("category", "sink_kind", "sink", "provider", "outsider_purpose", "region", "purpose")
_FACT = ("service", "owner", "operation", "field", "facet", "evidence", "direction")


def read_examples(data: Mapping[str, Any], text: str, own: Sequence[str]) -> tuple[tuple[Example, ...], list[str]]:
    """The `[[examples]]` of a parsed TOML file whose source is `text`, and all mistakes in them."""
    found, mistakes = entries(data, "examples", text)
    examples = tuple(_example(entry, own) for entry in found)
    return examples, mistakes + complaints(found)


def _example(entry: Entry, own: Sequence[str]) -> Example:
    entry.only("title", "approved", "expect", "rules", *_SUBJECT, *_FACT)
    category = entry.text("category", required=True)
    if category and category not in CATEGORIES and category not in own:
        entry.mistakes.append(f"{entry.place}: unknown category '{category[:80]}'")
    kind = _word(entry, "sink_kind", SINK_KINDS, SINK_KINDS[0])
    expect = _word(entry, "expect", EXPECTED, None)
    approved = entry.row.get("approved", False)
    if not isinstance(approved, bool):
        entry.mistakes.append(f"{entry.place}: 'approved' must be true or false")
    rules = entry.row.get("rules", [])
    if not isinstance(rules, list) or not all(isinstance(id_, str) for id_ in rules):
        entry.mistakes.append(f"{entry.place}: 'rules' must be a list of ids")
        rules = []
    subject = Subject(
        "",
        category,
        groups(category),
        sensitivity(category),
        kind,
        entry.text("sink", required=True),
        entry.text("provider"),
        entry.text("outsider_purpose"),
        entry.text("region") or (UNKNOWN if kind == "outsider" else ""),
        entry.text("purpose"),
        (_fact(entry, category, kind),),
    )
    return Example(entry.text("title", required=True), subject, approved is True, expect, tuple(rules), entry.place)


def _fact(entry: Entry, category: str, kind: str) -> Fact:
    field = entry.text("field")
    services = tuple(name for name in (entry.text("service"), _own_service(entry, kind)) if name)
    owner, operation = entry.text("owner"), entry.text("operation")
    return Fact(
        services,
        (owner,) if owner else (),
        (operation,) if operation else (),
        field,
        _place(field) if kind != TELEMETRY else None,
        (entry.text("facet") or usual_facet(category),),
        _word(entry, "evidence", EVIDENCE, "observed"),
        entry.text("direction"),
    )


def _own_service(entry: Entry, kind: str) -> str:
    return entry.text("sink") if kind in ("service", TELEMETRY) else ""


def _place(field: str) -> tuple[str, str, str] | None:
    """`store/table.column` in its parts; a store's name may hold slashes."""
    store, slash, rest = field.rpartition("/")
    table, dot, column = rest.rpartition(".")
    return (store, table, column) if slash and dot else None


def _word(entry: Entry, key: str, words: Sequence[str], usual: str | None) -> str:
    value = entry.row.get(key, usual)
    if value not in words:
        entry.mistakes.append(f"{entry.place}: '{key}' must be one of: {', '.join(words)}")
        return words[0]
    return str(value)
