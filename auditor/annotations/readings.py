"""`[[taxonomy]]` of auditor.toml: a team's own reading of how sensitive a category is, and which rules name it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from auditor.annotations.entries import Entry, complaints, entries
from classifiers.taxonomy import SENSITIVITIES, Category, Sensitivity, nearest

_GROUP = re.compile(r"[a-z]\w{0,60}")


def read_readings(data: Mapping[str, Any], text: str, own: Sequence[str]) -> tuple[tuple[Category, ...], list[str]]:
    """The `[[taxonomy]]` entries of a parsed TOML file, and all mistakes. `own` are the team's own categories."""
    found, mistakes = entries(data, "taxonomy", text)
    readings = tuple(reading for entry in found for reading in _readings(entry, own))
    keys = [reading.key for reading in readings]
    mistakes += [f"[[taxonomy]]: '{key}' is there twice" for key in sorted({k for k in keys if keys.count(k) > 1})]
    return readings, mistakes + complaints(found)


def _readings(entry: Entry, own: Sequence[str]) -> list[Category]:
    entry.only("category", "title", "sensitivity", "groups")
    sensitivity = entry.row.get("sensitivity")
    if sensitivity is not None and sensitivity not in SENSITIVITIES:
        entry.mistakes.append(f"{entry.place}: 'sensitivity' must be one of: {', '.join(SENSITIVITIES)}")
        sensitivity = None
    groups = _groups(entry)
    title = entry.text("title")
    result = []
    for key in entry.categories(own, none=False):
        known = nearest(key)
        known = known if known.key == key else replace(known, key=key, title=key)
        result.append(
            Category(
                key,
                title or known.title,
                cast(Sensitivity, sensitivity or known.sensitivity),
                known.groups if groups is None else groups,
            )
        )
    return result


def _groups(entry: Entry) -> tuple[str, ...] | None:
    groups = entry.row.get("groups")
    if groups is None:
        return None
    if not isinstance(groups, list) or not all(isinstance(group, str) and _GROUP.fullmatch(group) for group in groups):
        entry.mistakes.append(f"{entry.place}: 'groups' must be a list of names such as \"gdpr_special_category\"")
        return None
    return tuple(sorted(set(groups)))
