"""Fields in, labels out, one JSON object each: the pure half of `auditor classify --format jsonl -`.

In: {"table", "column", "type"?, "comment"?, "values"?}. Out: {"table", "column", "labels": [{"category", "facet",
"confidence", "evidence"}]}, in the same order.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence, Set

from classifiers.classify import classify
from classifiers.context import kinds, place
from classifiers.model import Field, Label
from classifiers.neighbours import neighbours

_NEAR = 6  # rows to either side that count as neighbours in a flattened document
_BESIDE = 2  # rows to either side that are likely of the same inner object
_INNER = frozenset({"person", "address"})


Judge = Callable[[Field, Sequence[str]], Iterable[Label]]


def answer_all(rows: Iterable[dict[str, object]], judge: Judge = classify) -> Iterator[dict[str, object]]:
    """Label every row, in order; all rows of a table are read first, since each tells of the others.

    `judge` makes labels of a field and its values. A row without a text in "column" gets no labels and an "error".
    """
    buffered = list(rows)
    names: dict[str | None, list[str]] = {}
    places: list[int] = []
    for row in buffered:
        columns = names.setdefault(_text(row, "table"), [])
        places.append(len(columns))
        columns.append(_text(row, "column") or "")
    tables = {table: _Columns(table, tuple(columns)) for table, columns in names.items() if table is not None}
    for row, index in zip(buffered, places, strict=True):
        table, column = _text(row, "table"), _text(row, "column")
        answer: dict[str, object] = {"table": row.get("table"), "column": row.get("column"), "labels": []}
        if column is None:
            yield answer | {"error": '"column" must be a text'}
            continue
        columns_of = tables.get(table) if table is not None else None
        siblings = columns_of.near(index) if columns_of else ()
        owner = None if columns_of and columns_of.nested(index) else table
        field = Field(column, owner, _text(row, "type"), _text(row, "comment"), siblings)
        values = row.get("values")
        texts = [str(value) for value in values if value is not None] if isinstance(values, list) else []
        yield answer | {"labels": [as_json(label) for label in judge(field, texts)]}


def _is_thing(found: Set[str]) -> bool:
    return "thing" in found and "nobody" not in found


class _Columns:
    """The columns of a table in their order. A table that names one twice is a flattened document: there only the
    rows nearby are neighbours, and a repeated name belongs to some inner object rather than to the table."""

    def __init__(self, table: str, names: tuple[str, ...]) -> None:
        self._names = names
        self._of_thing = _is_thing(kinds(place("", table).head))
        self._flattened = len(set(names)) < len(names)
        first: dict[str, int] = {}
        self._first = [first.setdefault(name, index) for index, name in enumerate(names)]

    def near(self, index: int) -> tuple[str, ...]:
        return self._names[max(0, index - _NEAR) : index + _NEAR + 1] if self._flattened else self._names

    def nested(self, index: int) -> bool:
        """Whether a column belongs to an inner object: repeated, or in the midst of one person's data in a record
        of something else, such as an order."""
        if self._first[index] != index:
            return True
        beside = self._names[max(0, index - _BESIDE) : index + _BESIDE + 1]
        return self._flattened and self._of_thing and bool(neighbours(beside) & _INNER)


def as_json(label: Label) -> dict[str, object]:
    return {
        "category": label.category,
        "facet": label.facet,
        "confidence": label.confidence,
        "evidence": list(label.evidence),
    }


def _text(row: dict[str, object], key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) else None


def main() -> int:
    """Read JSON lines from standard input and write the answers to standard output; 2 when a line is no object."""
    rows: list[dict[str, object]] = []
    for number, line in enumerate(filter(str.strip, sys.stdin), start=1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            sys.stderr.write(f"line {number} is not a JSON object\n")
            return 2
        rows.append(row)
    for answer in answer_all(rows):
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
