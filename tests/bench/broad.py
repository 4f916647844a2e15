"""Classification by name on our own broad sheet of columns: python -m tests.bench.broad [--misses]

The sheet (tests/fixtures/fields) holds column conventions of many kinds of systems, in seven languages, judged by hand
before the classifier was run on them. Its parts were opened one after the other, in the order below: what was wrong in
one was read to mend rules, and the next showed how the mended rules do elsewhere. Of `unread` only the score is known.
F1 of the rules before all of this: open 0.813, held 0.836, third 0.720, fresh 0.710, last 0.762, unread 0.757.
F1 just before a part was opened: held 0.910, third 0.758, fresh 0.813, last 0.837.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.jsonl import answer_all
from tests.bench.score import Score

FOLDER = Path(__file__).parents[1] / "fixtures" / "fields"
PARTS = ("open", "held", "third", "fresh", "last", "unread")


@dataclass(frozen=True, slots=True)
class Judged:
    """A column and our verdict: `facet` is "-" for nothing sensitive and "?" for debatable, which is not scored."""

    table: str
    column: str
    type: str
    facet: str
    categories: tuple[str, ...]


def columns(part: str) -> tuple[Judged, ...]:
    """The columns of a part of the sheet, in order."""
    lines = (FOLDER / f"broad_{part}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return tuple(Judged(*row[:4], categories=tuple(row[4].split())) for row in rows)


def answered(rows: tuple[Judged, ...]) -> Iterator[tuple[Judged, list[dict[str, Any]]]]:
    """Every column with the labels that the classifier gives it."""
    asked: list[dict[str, object]] = [
        {"table": row.table, "column": row.column} | ({"type": row.type} if row.type else {}) for row in rows
    ]
    for row, answer in zip(rows, answer_all(asked), strict=True):
        labels: Any = answer["labels"]
        yield row, labels


def is_right(row: Judged, labels: list[dict[str, Any]]) -> bool:
    """Whether one of the labels has a right category."""
    return any(label["category"].startswith(row.categories) for label in labels)


def score(part: str) -> Score:
    """The score on a part; any label counts."""
    hits = alarms = missed = right = 0
    for row, labels in answered(columns(part)):
        if row.facet == "?":
            continue
        sensitive = row.facet != "-"
        hits += sensitive and bool(labels)
        alarms += not sensitive and bool(labels)
        missed += sensitive and not labels
        right += sensitive and is_right(row, labels)
    return Score(hits, alarms, missed, right)


def misses() -> Iterator[str]:
    """What goes wrong in the parts that were opened."""
    for row, labels in (pair for part in PARTS[:-1] for pair in answered(columns(part))):
        said = [label["category"] for label in labels]
        if row.facet == "?" or (row.facet == "-" and not said):
            continue
        kind = "ALARM" if row.facet == "-" else "MISSED" if not said else "" if is_right(row, labels) else "WRONG"
        if kind:
            yield f"{kind:6} {row.table}.{row.column} {row.type} {' '.join(row.categories)} {said}"


def main(*flags: str) -> None:
    """Print the score of every part."""
    for part in PARTS:
        found = score(part)
        print(
            f"{part:5} {len(columns(part)):5} columns  P {found.precision:.3f}  R {found.recall:.3f}  "
            f"F1 {found.f1:.3f}  category {found.category:.3f}"
        )
    if "--misses" in flags:
        print("\n".join(misses()))


if __name__ == "__main__":
    main(*sys.argv[1:])
