"""Schemas whose sensitive columns people have marked, and what the classifier says of them.

Each set is JSON lines, gzipped: `table`, `column`, `type`, `comment`, `strict` (true, false; null is not scored). The
sets follow different conventions, so the facets that count as sensitive are chosen for each.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.jsonl import answer_all
from tests.bench.score import Score

FOLDER = Path("../shared/data/fields")
FACETS = {
    "fides_saas": {"personal", "identifier", "content"},
    "moodle": {"personal", "identifier", "credential", "content"},
    "gdprdump_magento1": {"personal", "credential"},
    "dicom_ps315": {"personal", "identifier", "content"},
}
_KEYS = ("table", "column", "type", "comment")


@dataclass(frozen=True, slots=True)
class Row:
    """A scored column: the mark on it, and the best label of a facet that counts, if any."""

    table: str | None
    column: str
    sensitive: bool
    confidence: float  # 0 when nothing is said
    phrase: str  # the words that the label rests on


def load(folder: Path, name: str) -> list[Row]:
    """The scored columns of a set, classified."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    answers: Any = answer_all([{key: row[key] for key in _KEYS if row.get(key) is not None} for row in rows])
    return [
        _row(row, [label for label in answer["labels"] if label["facet"] in FACETS[name]])
        for row, answer in zip(rows, answers, strict=True)
        if row["strict"] is not None
    ]


def _row(row: Mapping[str, Any], labels: list[dict[str, Any]]) -> Row:
    best = labels[0] if labels else None
    phrase = phrase_of(best) if best else ""
    return Row(row.get("table"), row["column"], row["strict"], best["confidence"] if best else 0.0, phrase)


def phrase_of(label: Mapping[str, Any]) -> str:
    """The words of a name or comment that a label rests on; empty when it rests on a type."""
    found = re.search(r"words '([^']*)'", label["evidence"][0])
    return found[1] if found else ""


def score(rows: Iterable[Row], least: float = 0.01) -> Score:
    """The score when labels below a confidence do not count."""
    hits = alarms = missed = 0
    for row in rows:
        said = row.confidence >= least
        hits += said and row.sensitive
        alarms += said and not row.sensitive
        missed += row.sensitive and not said
    return Score(hits, alarms, missed)
