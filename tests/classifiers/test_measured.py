"""Floors under what was measured on schemas that people have marked; skipped where those are not at hand."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from classifiers.jsonl import answer_all

SETS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "fields"
FACETS = {  # what the people who marked a set call sensitive
    "fides_saas": {"personal", "identifier", "content"},
    "moodle": {"personal", "identifier", "credential", "content"},
    "gdprdump_magento1": {"personal", "credential"},
    "dicom_ps315": {"personal", "identifier", "content"},
}


def judged(name: str) -> list[tuple[bool, list[dict[str, Any]]]]:
    """For every field that people were sure of: whether it is sensitive, and the labels given that count."""
    path = SETS / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"the shared data (../shared/data/fields/{path.name}) is not here")
    with gzip.open(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    answers: Any = answer_all(
        {key: row[key] for key in ("table", "column", "type", "comment") if row.get(key)} for row in rows
    )
    return [
        (row["strict"], [label for label in answer["labels"] if label["facet"] in FACETS[name]])
        for row, answer in zip(rows, answers, strict=True)
        if row["strict"] is not None
    ]


@pytest.mark.parametrize(
    ("name", "f1", "precision"),
    [
        ("fides_saas", 0.863, 0.855),
        ("moodle", 0.81, 0.75),
        ("gdprdump_magento1", 0.735, 0.655),
        ("dicom_ps315", 0.565, 0.57),
    ],
)
def test_strict_scores_stay_above_their_floors(name: str, f1: float, precision: float) -> None:
    fields = judged(name)
    right = sum(sensitive and bool(labels) for sensitive, labels in fields)
    said = sum(bool(labels) for _, labels in fields)
    sensitive = sum(is_so for is_so, _ in fields)
    assert 2 * right / (said + sensitive) >= f1
    assert right / said >= precision


def test_of_the_labels_said_at_nine_tenths_about_nine_in_ten_are_right() -> None:
    sure = [is_so for name in FACETS for is_so, labels in judged(name) if labels and labels[0]["confidence"] >= 0.9]
    assert len(sure) > 400
    assert 0.88 <= sum(sure) / len(sure) <= 0.97
