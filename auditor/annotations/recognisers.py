"""`[[recognisers]]` of auditor.toml: kinds of values that a team knows, judged by Presidio."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from auditor.annotations.entries import MOST_TEXT, Entry, complaints, entries
from classifiers.decisions import usual_facet
from classifiers.tools import Recogniser

_USUAL_SCORE = 0.6


def read_recognisers(
    data: Mapping[str, Any], text: str, own: Sequence[str]
) -> tuple[tuple[Recogniser, ...], list[str]]:
    """The `[[recognisers]]` of a parsed TOML file, and all mistakes. `own` are the team's own categories."""
    found, mistakes = entries(data, "recognisers", text)
    recognisers = tuple(recogniser for entry in found for recogniser in _recognisers(entry, own))
    return recognisers, mistakes + complaints(found)


def _recognisers(entry: Entry, own: Sequence[str]) -> list[Recogniser]:
    entry.only("name", "category", "facet", "patterns", "words", "context", "score")
    name = entry.text("name", required=True)
    facet = entry.facet()
    patterns, words, context = (_texts(entry, key) for key in ("patterns", "words", "context"))
    for pattern in patterns:
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError):
            entry.mistakes.append(f"{entry.place}: one of 'patterns' is not a regular expression")
    if not patterns and not words:
        entry.mistakes.append(f"{entry.place}: give 'patterns', 'words' or both")
    score = entry.row.get("score", _USUAL_SCORE)
    if isinstance(score, bool) or not isinstance(score, (int, float)) or not 0 < score <= 1:
        entry.mistakes.append(f"{entry.place}: 'score' must be a number above 0, to 1")
        score = _USUAL_SCORE
    return [
        Recogniser(name, category, facet or usual_facet(category), patterns, words, context, float(score))
        for category in entry.categories(own, none=False)
    ]


def _texts(entry: Entry, key: str) -> tuple[str, ...]:
    values = entry.row.get(key, [])
    good = isinstance(values, list) and all(isinstance(v, str) and 0 < len(v.strip()) <= MOST_TEXT for v in values)
    if not good:
        entry.mistakes.append(f"{entry.place}: '{key}' must be a list of texts")
        return ()
    return tuple(values)
