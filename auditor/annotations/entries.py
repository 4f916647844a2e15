"""Entries that auditor.toml repeats, `[[fields]]` and `[[words]]`: checked, every mistake told with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from classifiers.model import FACETS, Facet
from classifiers.taxonomy import CATEGORIES

MOST_TEXT = 500  # characters of a reason or a pattern


@dataclass(slots=True)
class Entry:
    """One entry: what it holds, where it stands, and what was found to be wrong with it."""

    place: str
    row: Mapping[str, Any]
    mistakes: list[str] = field(default_factory=list)

    def text(self, key: str, *, required: bool = False) -> str:
        """A line of text, "" when left out; a required one holds at least one letter or digit."""
        value = self.row.get(key, "")
        if not isinstance(value, str) or len(value) > MOST_TEXT or (required and not any(map(str.isalnum, value))):
            self.mistakes.append(f"{self.place}: '{key}' must be a text of words, up to {MOST_TEXT} characters")
            return ""
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of names, or a single one; () when left out."""
        value = self.row.get(key, [])
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(
            isinstance(name, str) and name.strip() and len(name) <= MOST_TEXT for name in names
        ):
            self.mistakes.append(f"{self.place}: '{key}' must be a list of names")
            return ()
        return tuple(name.strip() for name in names)

    def facet(self) -> Facet | None:
        """One of the facets, None when left out."""
        value = self.row.get("facet")
        if value is not None and value not in FACETS:
            self.mistakes.append(f"{self.place}: 'facet' must be one of: {', '.join(FACETS)}")
            return None
        return cast("Facet | None", value)

    def categories(self, own: Sequence[str], *, none: bool) -> tuple[str, ...]:
        """The value of `category`, one key or a list; () for "none", where that is allowed."""
        value = self.row.get("category")
        if none and value == "none":
            return ()
        keys = [value] if isinstance(value, str) else value
        if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
            also = ', or "none"' if none else ""
            self.mistakes.append(f"{self.place}: 'category' must be a key such as \"user.contact.email\"{also}")
            return ()
        unknown = [key for key in keys if key not in CATEGORIES and key not in own]
        self.mistakes += [
            f"{self.place}: unknown category '{key[:80]}'; name your own in classify.categories" for key in unknown
        ]
        return tuple(dict.fromkeys(keys))

    def only(self, *known: str) -> None:
        """Complain about any other setting."""
        self.mistakes += [f"{self.place}: unknown setting '{key}'" for key in sorted(set(self.row) - set(known))]


def entries(data: Mapping[str, Any], name: str, text: str) -> tuple[list[Entry], list[str]]:
    """The entries `[[name]]` of a parsed TOML file whose source is `text`, and what is wrong with their form."""
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return [], [f"'{name}' must be written as [[{name}]] entries"]
    header = re.compile(rf"\s*\[\[\s*[\"']?{name}[\"']?\s*\]\]")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if header.match(line)]
    if len(lines) != len(rows):  # written inline, or a header inside a longer text: count entries instead
        return [Entry(f"[[{name}]] {number}", row) for number, row in enumerate(rows, start=1)], []
    return [Entry(f"line {line} [[{name}]]", row) for line, row in zip(lines, rows, strict=True)], []


def table(data: Mapping[str, Any], name: str, text: str) -> tuple[Entry, list[str]]:
    """The one table `[name]`, empty when left out, and what is wrong with its form."""
    row = data.get(name, {})
    if not isinstance(row, dict):
        return Entry(f"[{name}]", {}), [f"'{name}' must be written as a [{name}] table"]
    header = re.compile(rf"\s*\[\s*[\"']?{name}[\"']?\s*\]")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if header.match(line)]
    return Entry(f"line {lines[0]} [{name}]" if len(lines) == 1 else f"[{name}]", row), []


def complaints(found: Iterable[Entry]) -> list[str]:
    """All mistakes of all entries."""
    return [mistake for entry in found for mistake in entry.mistakes]
