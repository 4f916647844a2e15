"""Rule packs that come with the auditor: what a law or a standard asks for, as rules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from auditor.gate.examplefile import read_examples
from auditor.gate.rulefile import read_rules
from lineage.gate.policy import Example
from lineage.gate.rules import Rule

NAMES = ("pci-dss", "secrets", "gdpr-art9", "hipaa", "llm-providers", "data-residency")
HIGHEST = 1000  # the priority of rules of which a law leaves no exception: above a team's own
_MOST_VALUES = 300


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack: its rules and the examples that test them. `parameters` are those that must be set, each in words."""

    name: str
    title: str
    parameters: Mapping[str, str]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]


def load_pack(name: str, settings: Mapping[str, Any]) -> tuple[Pack, list[str]]:
    """A pack of `NAMES` with a team's settings in place, and what is wrong with these."""
    text, data = _source(name)
    parameters = data.get("parameters", {})
    where = f"[packs.{name}]"
    mistakes = [f"{where}: unknown setting '{key[:80]}'" for key in sorted(set(settings) - set(parameters))]
    values: dict[str, tuple[str, ...]] = {}
    for key, words in parameters.items():
        given = settings.get(key)
        if not isinstance(given, list) or not given or not all(isinstance(one, str) and one for one in given):
            mistakes.append(f"{where} must set '{key}': {words}")
            given = []
        groups = data.get("groups", {})
        values[key] = tuple(dict.fromkeys(one for value in given for one in groups.get(value, (value,))))[:_MOST_VALUES]

    def expand(entry: str) -> Sequence[str]:
        return values.get(entry[1:], ()) if entry.startswith("$") else (entry,)

    rules, wrong = read_rules(data, text, (), name, expand, HIGHEST)
    examples, wrong_examples = read_examples(data, text, ())
    mistakes += [f"rule pack {name}: {mistake}" for mistake in (*wrong, *wrong_examples)]
    return Pack(name, data["title"], parameters, rules, examples), mistakes


@cache
def _source(name: str) -> tuple[str, Mapping[str, Any]]:
    text = resources.files("auditor.gate").joinpath("packs", f"{name}.toml").read_text(encoding="utf-8")
    return text, tomllib.loads(text)
