"""Floors under the scores on our own broad sheet of columns, and the sheet's form."""

import pytest

from classifiers.taxonomy import nearest
from tests.bench.broad import PARTS, columns, score
from tests.bench.overlay import corrections


@pytest.mark.parametrize(
    ("part", "f1", "precision", "category"), [("open", 0.94, 0.97, 0.9), ("held", 0.9, 0.95, 0.84)]
)
def test_scores_stay_above_their_floors(part: str, f1: float, precision: float, category: float) -> None:
    found = score(part)
    assert found.f1 >= f1
    assert found.precision >= precision
    assert found.category >= category


def test_the_sheet_is_broad_and_well_formed() -> None:
    rows = [row for part in PARTS for row in columns(part)]
    assert len(rows) >= 2500
    assert len({row.table for row in rows}) >= 180
    for row in rows:
        assert row.facet in ("-", "?", "personal", "identifier", "credential", "content")
        assert bool(row.categories) == (row.facet not in "-?")
        assert all(nearest(category).key == category for category in row.categories)
    assert not {row.table for row in columns("open")} & {row.table for row in columns("held")}


def test_corrections_name_one_column_each() -> None:
    assert len(corrections()) >= 150
