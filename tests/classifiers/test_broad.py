"""Floors under the scores on our own broad sheet of columns, and the sheet's form."""

import pytest

from classifiers.taxonomy import nearest
from tests.bench.broad import PARTS, columns, score
from tests.bench.overlay import corrections


@pytest.mark.parametrize(
    ("part", "f1", "precision", "category"),
    [
        ("open", 0.945, 0.97, 0.9),
        ("held", 0.945, 0.97, 0.9),
        ("third", 0.915, 0.97, 0.82),
        ("fresh", 0.91, 0.97, 0.84),
        ("last", 0.93, 0.97, 0.86),
        ("unread", 0.83, 0.97, 0.69),
    ],
)
def test_scores_stay_above_their_floors(part: str, f1: float, precision: float, category: float) -> None:
    found = score(part)
    assert found.f1 >= f1
    assert found.precision >= precision
    assert found.category >= category


def test_the_sheet_is_broad_and_well_formed() -> None:
    rows = [row for part in PARTS for row in columns(part)]
    assert len(rows) >= 4000
    assert len({row.table for row in rows}) >= 240
    for row in rows:
        assert row.facet in ("-", "?", "personal", "identifier", "credential", "content")
        assert bool(row.categories) == (row.facet not in "-?")
        assert all(nearest(category).key == category for category in row.categories)
    assert len({row.table for row in rows}) == sum(len({row.table for row in columns(part)}) for part in PARTS)


def test_corrections_name_one_column_each() -> None:
    assert len(corrections()) >= 150
