"""Sanitised text and summaries: the conventions' own cases when they are at hand, and cases of ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.sql.semconv import sanitize, summary

OFFICIAL = Path(__file__).parents[4] / "shared/data/traces/semconv-sql-cases/db-sql-test-cases.json"


def test_the_official_cases() -> None:
    if not OFFICIAL.exists():
        pytest.skip("the semantic conventions' test cases are not there")
    cases = json.loads(OFFICIAL.read_text())
    assert len(cases) == 24
    for case in cases:
        query, system = case["input"]["query"], case["input"]["db.system.name"]
        assert sanitize(query, system) in case["expected"]["db.query.text"], case["name"]
        assert summary(query, system) == case["expected"]["db.query.summary"], case["name"]


@pytest.mark.parametrize(
    ("sql", "system", "expected"),
    [
        ("SELECT a - 1, a-1, -1 FROM t", "postgresql", "SELECT a - ?, a-?, ? FROM t"),
        ("SELECT a FROM t WHERE b = $1 AND c = 'it''s'", "postgresql", "SELECT a FROM t WHERE b = $1 AND c = ?"),
        ("SELECT a FROM t WHERE b IN (1,2, 'x')", "mysql", "SELECT a FROM t WHERE b IN (?)"),
        ('SELECT "a" FROM t WHERE b = "secret"', "mysql", "SELECT ? FROM t WHERE b = ?"),
        ('SELECT "a" FROM "t"', "postgresql", 'SELECT "a" FROM "t"'),
        ("SELECT a FROM t WHERE b = 'cut o", "postgresql", "SELECT a FROM t WHERE b = ?"),
        ("COPY t (a) FROM STDIN;\njane\t1\n\\.\n", "postgresql", "COPY t (a) FROM STDIN"),
        ("SELECT a FROM t -- jane@example.org", "postgresql", "SELECT a FROM t"),
        ("GET session:4711", "redis", "GET session:?"),
    ],
)
def test_sanitised_text(sql: str, system: str, expected: str) -> None:
    assert sanitize(sql, system) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("WITH x AS (SELECT a FROM t) INSERT INTO u SELECT * FROM x", "SELECT t INSERT u SELECT"),
        ("DELETE FROM t USING s WHERE a IS DISTINCT FROM b", "DELETE t s"),
        ("UPDATE t SET a = (SELECT max(b) FROM u) FROM v WHERE extract(year FROM d) = 1", "UPDATE t SELECT u v"),
        ("SELECT a FROM x FOR UPDATE", "SELECT x"),
        ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET a = 1", "MERGE t s"),
        ("INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 2", "INSERT t"),
        ("SELECT a FROM b JOIN c USING (id), d", "SELECT b c d"),
        ('CREATE OR REPLACE TEMP TABLE IF NOT EXISTS a.b AS SELECT 1 FROM "C d"', 'CREATE TABLE a.b SELECT "C d"'),
        ("DROP INDEX CONCURRENTLY i", "DROP INDEX i"),
        ("CALL p(1)", "CALL p"),
        ("SELECT * FROM f(1), generate_series(1, 2) g, t", "SELECT t"),
        ("SELECT replace(a, 'b', 'c'), trim(x FROM y) FROM t", "SELECT t"),
        ("SET x = 1; BEGIN; COMMIT", "SET BEGIN COMMIT"),
        ("EXPLAIN SELECT a FROM b", "SELECT b"),
        ("", ""),
    ],
)
def test_summaries(sql: str, expected: str) -> None:
    assert summary(sql, "postgresql") == expected


def test_a_summary_is_cut_between_words() -> None:
    text = summary("SELECT 1 FROM " + ", ".join(f"table_number_{i}" for i in range(60)))
    assert len(text) <= 255
    assert text.split()[-1].startswith("table_number_")
    assert text.split()[-1] in {f"table_number_{i}" for i in range(60)}


@settings(max_examples=80, deadline=None)
@given(
    st.text(alphabet="abtz 'SELECTFROM(),.;=-+1\"`[]{}$:?#/*%", max_size=60), st.sampled_from(["", "mysql", "mssql"])
)
def test_any_text_is_answered(text: str, system: str) -> None:
    assert isinstance(sanitize(text, system), str)
    assert len(summary(text, system)) <= 255


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 90), st.sampled_from(["postgresql", "mysql", "other_sql"]))
def test_no_literal_survives_a_cut(cut: int, system: str) -> None:
    text = "SELECT a FROM t WHERE b = 'secret' AND c IN (31337, 'secret') /* secret */ AND d = 'secret'"[:cut]
    for answer in (sanitize(text, system), summary(text, system)):
        assert "secret" not in answer
        assert "31337" not in answer
