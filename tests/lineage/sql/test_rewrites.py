"""Rewriting takes linear time on hostile text, and leaves alone what it does not know."""

from __future__ import annotations

import time

import pytest

from lineage.sql.normalise import statements
from lineage.sql.rewrites import in_routine, rewritten


@pytest.mark.parametrize(
    "text",
    [
        "CREATE " + "FUNCTION " * 20_000 + "$$x$$",
        "LOAD DATA " + "INFILE INTO TABLE x " * 8_000,
        "DELETE FROM t OUTPUT " + "WHERE " * 30_000,
        "DO $$ INSERT " + "RETURNING a " * 15_000 + "$$",
        "".join(f"DO $a{level}$ " for level in range(15_000)),
        "IF EXISTS " + "(" * 100 + "x " * 50_000,
    ],
)
@pytest.mark.parametrize("dialect", ["mysql", "cql"])
def test_hostile_text_costs_linear_time(text: str, dialect: str) -> None:
    start = time.process_time()
    statements(text, dialect)
    assert time.process_time() - start < 5  # with backtracking: minutes


def test_other_statements_stay_as_they_are() -> None:
    for text in ("UPDATE quick SET ignore = :p", "SELECT a INTO b FROM t", "ALTER TABLE t ADD COLUMN x int"):
        assert rewritten(text, "postgres") == text
    assert in_routine("INSERT INTO t (a) VALUES (:p)") == "INSERT INTO t (a) VALUES (:p)"
