"""policy.toml: packs, rules, floors, limits of waivers, owners and renames. All mistakes are told at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from auditor.annotations.entries import Entry, complaints, entries
from auditor.errors import ConfigError
from auditor.gate.examplefile import read_examples
from auditor.gate.packs import NAMES, load_pack
from auditor.gate.rulefile import read_rules
from auditor.tomlfile import read_toml
from lineage.gate.floors import Floors
from lineage.gate.moved import MOVED_KINDS, Moved, MovedKind
from lineage.gate.policy import Example, Policy
from lineage.gate.rules import Rule
from lineage.gate.waivers import MOST_DAYS, WaiverLimits

FILE = "policy.toml"
_SETTINGS = ("packs", "rules", "floors", "waivers", "owners", "moved", "examples")


def load_policy(file: Path, own: Sequence[str] = ()) -> Policy:
    """The policy in a file, or the usual one when there is none. `own` are the team's own categories.

    Raises ConfigError with every mistake and its line.
    """
    read = read_toml(file)
    if read is None:
        return Policy()
    text, data = read
    mistakes = [f"unknown setting '{key[:80]}'" for key in sorted(set(data) - set(_SETTINGS))]
    rules, examples = _packs(data, mistakes)
    own_rules, wrong = read_rules(data, text, own)
    own_examples, wrong_examples = read_examples(data, text, own)
    mistakes += [*wrong, *wrong_examples]
    rules += own_rules
    mistakes += [f"two rules are called '{id_}'" for id_, n in Counter(r.id for r in rules).items() if n > 1 and id_]
    policy = Policy(
        tuple(rules),
        Floors(**_figures(data, "floors", Floors, mistakes)),
        WaiverLimits(**_figures(data, "waivers", WaiverLimits, mistakes)),
        _moved(data, text, mistakes),
        _owners(data, mistakes),
        (*examples, *own_examples),
    )
    if policy.limits.most > MOST_DAYS or policy.limits.usual > policy.limits.most:
        mistakes.append(f"[waivers]: 'usual' may not be above 'most', and 'most' not above {MOST_DAYS} days")
    if mistakes:
        raise ConfigError(f"{file}: " + "; ".join(dict.fromkeys(mistakes)))
    return policy


def _packs(data: Mapping[str, Any], mistakes: list[str]) -> tuple[list[Rule], list[Example]]:
    table = data.get("packs", {})
    used = table.get("use", []) if isinstance(table, dict) else None
    if not isinstance(used, list) or not all(isinstance(name, str) for name in used):
        mistakes.append(f"[packs] must say 'use = [...]' with some of: {', '.join(NAMES)}")
        return [], []
    settings = {name: value for name, value in table.items() if name != "use"}
    unknown = sorted({*used, *settings} - set(NAMES))
    mistakes += [f"unknown rule pack '{name[:80]}'; there are: {', '.join(NAMES)}" for name in unknown]
    mistakes += [f"[packs.{name}] must be a table" for name, value in settings.items() if not isinstance(value, dict)]
    rules: list[Rule] = []
    examples: list[Example] = []
    for name in dict.fromkeys(name for name in used if name in NAMES):
        given = settings.get(name, {})
        pack, wrong = load_pack(name, given if isinstance(given, dict) else {})
        mistakes += wrong
        rules += pack.rules
        examples += pack.examples
    return rules, examples


def _figures(data: Mapping[str, Any], name: str, kind: type[Any], mistakes: list[str]) -> dict[str, Any]:
    """The figures of a table, as the dataclass `kind` wants them: counts from 0 on, shares from 0 to 1."""
    table = data.get(name, {})
    if not isinstance(table, dict):
        mistakes.append(f"[{name}] must be a table")
        return {}
    known = {f.name: f.type for f in fields(kind)}
    mistakes += [f"unknown setting '{name}.{key[:80]}'" for key in sorted(set(table) - set(known))]
    found: dict[str, Any] = {}
    for key in table.keys() & known.keys():
        value, share = table[key], known[key] == "float"
        allowed = (int, float) if share else (int,)
        if isinstance(value, bool) or not isinstance(value, allowed) or value < 0 or (share and value > 1):
            mistakes.append(f"'{name}.{key}' must be {'a share from 0 to 1' if share else 'a whole number from 0 on'}")
        else:
            found[key] = float(value) if share else value
    return found


def _owners(data: Mapping[str, Any], mistakes: list[str]) -> Mapping[str, str]:
    table = data.get("owners", {})
    owners: dict[str, str] = {}
    if not isinstance(table, dict):
        mistakes.append("[owners] must be a table")
        return owners
    for owner, services in table.items():
        if not isinstance(services, list) or not all(isinstance(name, str) and name for name in services):
            mistakes.append(f"[owners]: '{owner[:80]}' must be a list of services")
            continue
        for name in services:
            if owners.setdefault(name, owner) != owner:
                mistakes.append(f"[owners]: the service '{name[:80]}' has two owners")
    return owners


def _moved(data: Mapping[str, Any], text: str, mistakes: list[str]) -> tuple[Moved, ...]:
    found, wrong = entries(data, "moved", text)
    moved = tuple(_one_moved(entry) for entry in found)
    mistakes += [*wrong, *complaints(found)]
    for (kind, source), n in Counter((one.kind, one.source) for one in moved).items():
        if n > 1 and source:
            mistakes.append(f"[[moved]]: the {kind} '{source}' goes to two places")
    return moved


def _one_moved(entry: Entry) -> Moved:
    entry.only("kind", "from", "to")
    kind = entry.row.get("kind")
    if kind not in MOVED_KINDS:
        entry.mistakes.append(f"{entry.place}: 'kind' must be one of: {', '.join(MOVED_KINDS)}")
        kind = MOVED_KINDS[0]
    one = Moved(cast(MovedKind, kind), entry.text("from", required=True), entry.text("to", required=True))
    if one.source and one.source == one.target:
        entry.mistakes.append(f"{entry.place}: 'from' and 'to' are the same")
    return one
