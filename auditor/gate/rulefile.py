"""`[[rules]]`: read and checked, every mistake told with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast, get_args

from auditor.annotations.entries import Entry, complaints, entries
from classifiers.model import FACETS
from classifiers.taxonomy import CATEGORIES, SENSITIVITIES
from lineage.findings import SEVERITIES, RuleText, Severity
from lineage.gate.rules import CONDITIONS, EFFECTS, OWN_PRIORITY, Conditions, Effect, Rule
from lineage.gate.subjects import TELEMETRY
from lineage.model import EVIDENCE, Direction, PartyKind

Expand = Callable[[str], Sequence[str]]  # an entry of a list of conditions -> what stands for it

SINK_KINDS = (*get_args(PartyKind), TELEMETRY)
_ID = re.compile(r"[a-z0-9][\w.-]{0,79}", re.IGNORECASE)
_WORDS: Mapping[str, Sequence[str]] = {
    "sensitivity": SENSITIVITIES,
    "sink_kind": SINK_KINDS,
    "facet": FACETS,
    "evidence": EVIDENCE,
    "direction": get_args(Direction),
}
_KEYS = ("id", "effect", "severity", "text", "law", "url", "priority", "needs_purpose", "longest_waiver")


def read_rules(
    data: Mapping[str, Any],
    text: str,
    own: Sequence[str],
    source: str = "policy.toml",
    expand: Expand = lambda entry: (entry,),
    highest: int = OWN_PRIORITY,
) -> tuple[tuple[Rule, ...], list[str]]:
    """The rules of a parsed TOML file whose source is `text`, and all mistakes in them.

    `own` are the team's own categories; `source` the name under which rules are told; `highest` the most priority.
    """
    found, mistakes = entries(data, "rules", text)
    rules = [_rule(entry, own, source, expand, highest) for entry in found]
    mistakes += complaints(found)
    first: dict[str, Rule] = {}
    for rule in rules:
        if first.setdefault(rule.id, rule) is not rule and rule.id:
            mistakes.append(f"{rule.place}: the rule '{rule.id}' is there twice; {first[rule.id].place} is the first")
    return tuple(rules), mistakes


def _rule(entry: Entry, own: Sequence[str], source: str, expand: Expand, highest: int) -> Rule:
    entry.only(*_KEYS, "when", "unless")
    id_ = entry.text("id", required=True)
    if id_ and (not _ID.fullmatch(id_) or id_.startswith("gate.")):
        entry.mistakes.append(f"{entry.place}: 'id' must be letters, digits, '.', '-', '_', and not begin with gate.")
    severity = _choice(entry, "severity", SEVERITIES, "moderate")
    words = RuleText(
        id_, cast(Severity, severity), entry.text("text", required=True), entry.text("law"), entry.text("url"), source
    )
    if words.url and not words.url.startswith("https://"):
        entry.mistakes.append(f"{entry.place}: 'url' must begin with https://")
    when = _conditions(entry, "when", own, expand) or Conditions()
    if when.empty:
        entry.mistakes.append(f"{entry.place}: [rules.when] must ask for something: {', '.join(CONDITIONS)}")
    return Rule(
        words,
        cast(Effect, _choice(entry, "effect", EFFECTS)),
        when,
        _conditions(entry, "unless", own, expand),
        _number(entry, "priority", -highest, highest) or 0,
        _flag(entry, "needs_purpose"),
        _number(entry, "longest_waiver", 1, 365),
        entry.place,
    )


def _conditions(entry: Entry, name: str, own: Sequence[str], expand: Expand) -> Conditions | None:
    table = entry.row.get(name)
    if table is None:
        return None
    if not isinstance(table, dict):
        entry.mistakes.append(f"{entry.place}: '{name}' must be a table: [rules.{name}]")
        return None
    lists = {}
    for key, value in table.items():
        if key not in CONDITIONS:
            entry.mistakes.append(f"{entry.place}: unknown condition '{name}.{key[:80]}'")
            continue
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not given or not all(isinstance(one, str) and one.strip() for one in given):
            entry.mistakes.append(f"{entry.place}: '{name}.{key}' must be a text or a list of texts")
            continue
        lists[key] = tuple(one for text in given for one in expand(text))
        _check_words(entry, f"{name}.{key}", lists[key], own)
    return Conditions(**lists)


def _check_words(entry: Entry, where: str, given: Sequence[str], own: Sequence[str]) -> None:
    key = where.partition(".")[2]
    if key == "category":
        unknown = [one for one in given if one not in CATEGORIES and one not in own]
        entry.mistakes += [f"{entry.place}: unknown category '{one[:80]}' in '{where}'" for one in unknown]
    elif key in _WORDS and not set(given) <= set(_WORDS[key]):
        entry.mistakes.append(f"{entry.place}: '{where}' must be of: {', '.join(_WORDS[key])}")


def _choice(entry: Entry, key: str, words: Sequence[str], usual: str | None = None) -> str:
    value = entry.row.get(key, usual)
    if value not in words:
        entry.mistakes.append(f"{entry.place}: '{key}' must be one of: {', '.join(words)}")
        return words[0]
    return cast(str, value)


def _number(entry: Entry, key: str, least: int, most: int) -> int | None:
    value = entry.row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        entry.mistakes.append(f"{entry.place}: '{key}' must be a whole number from {least} to {most}")
        return None
    return value


def _flag(entry: Entry, key: str) -> bool:
    value = entry.row.get(key, False)
    if not isinstance(value, bool):
        entry.mistakes.append(f"{entry.place}: '{key}' must be true or false")
    return value is True
