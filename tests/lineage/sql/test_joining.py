"""One key for what traces, PostgreSQL and MySQL make of the same statement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.sql.joining import LEAST_PREFIX, joining_key, without_last_token
from lineage.sql.shape import shape


@pytest.mark.parametrize(
    ("traced", "counted", "system"),
    [
        ("SELECT a FROM t WHERE b = %s", "SELECT a FROM t WHERE b = $1", "postgresql"),
        ("select a\nfrom t where b in (1, 2, 3)", "SELECT a FROM t WHERE b IN ($1 /*, ... */)", "postgresql"),
        ("SELECT 1 AS x FROM t LIMIT 21", 'SELECT $1 AS "x" FROM t LIMIT $2', "postgresql"),
        ("INSERT INTO t (a, b) VALUES (%(a)s, %(b)s)", "INSERT INTO t (a, b) VALUES ($1, $2::timestamp)", "postgresql"),
        (
            "INSERT INTO t (a) VALUES (%(a)s)",
            "INSERT INTO t (a) VALUES ($1::pg_catalog.timestamp with time zone)",
            "postgresql",
        ),
        ("UPDATE t SET a = NULL, b = TRUE WHERE c = 5", "UPDATE t SET a = $1, b = $2 WHERE c = $3", "postgresql"),
        ("SELECT a FROM t", 'DECLARE "_django_1" NO SCROLL CURSOR WITH HOLD FOR SELECT a FROM t', "postgresql"),
        ("SELECT d->>'city' FROM t", "SELECT d->>$1 FROM t", "postgresql"),
        ("SELECT a FROM t /* trace 7 */", "SELECT a FROM t", "postgresql"),
        ("SELECT a.b FROM a WHERE a.c=%s", "SELECT `a` . `b` FROM `a` WHERE `a` . `c` = ?", "mysql"),
        ("SELECT b FROM a WHERE c IN (1,2)", "SELECT `b` FROM `a` WHERE `c` IN (...)", "mysql"),
        (
            "INSERT INTO a (b, c) VALUES (1, 'x'), (2, 'y')",
            "INSERT INTO `a` ( `b` , `c` ) VALUES (...) /* , ... */",
            "mysql",
        ),
        ("SELECT b FROM a WHERE c > -5", "SELECT `b` FROM `a` WHERE `c` > - ?", "mysql"),
        ("SELECT b FROM a WHERE c != 5", "SELECT `b` FROM `a` WHERE `c` <> ?", "mysql"),
    ],
)
def test_the_same_statement_has_one_key(traced: str, counted: str, system: str) -> None:
    assert joining_key(shape(traced, system).text) == joining_key(shape(counted, system).text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT a FROM t WHERE b = ?", "SELECT a FROM t WHERE c = ?"),
        ("SELECT a FROM t WHERE b = ?", "SELECT a FROM t WHERE b > ?"),
        ("SELECT a, b FROM t", "SELECT a FROM t"),
        ("SELECT a FROM s.t", "SELECT a FROM t"),
        ("SELECT a FROM t ORDER BY 1", "SELECT a FROM t ORDER BY 2"),
        ("UPDATE t SET a = ? WHERE b IS NULL", "UPDATE t SET a = ? WHERE b = ?"),
    ],
)
def test_other_statements_have_other_keys(one: str, other: str) -> None:
    assert joining_key(one) != joining_key(other)


WORDS = st.sampled_from(
    ["select", "a", "from", "t", "where", "=", "?", "(", ")", ",", "and", "b.c", "'x'", "null", "5"]
)


@given(st.lists(WORDS, max_size=30), st.booleans())
def test_case_and_spacing_do_not_matter(words: list[str], tight: bool) -> None:
    text = " ".join(words)
    other = "\n ".join(words).upper() if tight else f"  {text} ;"
    assert joining_key(text) == joining_key(other)


@given(st.lists(WORDS, min_size=1, max_size=60), st.integers(1, 200))
def test_a_key_is_the_beginning_of_the_key_of_more(words: list[str], length: int) -> None:
    text = "select long_enough_a, long_enough_b from somewhere where x = ? and " + " and ".join(
        f"c{w}" for w in range(40)
    )
    cut = text[: LEAST_PREFIX + length]
    assert joining_key(text).startswith(without_last_token(joining_key(cut)))


@given(st.text(max_size=100))
def test_any_text_has_a_key(text: str) -> None:
    assert joining_key(joining_key(text)) is not None
