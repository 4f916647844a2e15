"""Floors under what was measured on schemas that people have marked; skipped where those are not at hand."""

import gzip
import json
from pathlib import Path

import pytest

from classifiers.jsonl import answer_all

SETS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "fields"


@pytest.mark.parametrize(
    ("name", "facets", "floor"),
    [
        ("fides_saas", {"personal", "identifier", "content"}, 0.85),
        ("moodle", {"personal", "identifier", "credential", "content"}, 0.79),
        ("gdprdump_magento1", {"personal", "credential"}, 0.70),
        ("dicom_ps315", {"personal", "identifier", "content"}, 0.55),
    ],
)
def test_strict_f1_stays_above_its_floor(name: str, facets: set[str], floor: float) -> None:
    path = SETS / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"the shared data (../shared/data/fields/{path.name}) is not here")
    with gzip.open(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    answers = answer_all(
        {key: row[key] for key in ("table", "column", "type", "comment") if row.get(key)} for row in rows
    )
    right = wrong = missed = 0
    for row, answer in zip(rows, answers, strict=True):
        if row["strict"] is None:
            continue
        labels = answer["labels"]
        assert isinstance(labels, list)
        said = any(label["facet"] in facets for label in labels)
        right += said and row["strict"]
        wrong += said and not row["strict"]
        missed += row["strict"] and not said
    assert 2 * right / (2 * right + wrong + missed) >= floor
