"""Masking without tokens gives what masking by tokens gives, and leaves to tokens whatever may hold a value."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.sql.quick import quick_text

SHAPES = importlib.import_module("lineage.sql.shape")
TEXTS = [
    "\n".join(line for line in part.splitlines() if not line.startswith("--"))
    for file in sorted(Path("tests/fixtures/sql").glob("*.sql"))
    for part in file.read_text(encoding="utf-8").split("\n\n")
]
SYSTEMS = ["postgresql", "mysql", "microsoft.sql_server", "sqlite", "oracle.db", "snowflake", "gcp.bigquery", None]
# What turns one reading of a text into another when it is put anywhere.
BITS = """
' " ` \\ -- /* */ $1 $$ %s %(a)s :x ::int ? ?? 1 1.5 .5 12345678 @p @@v , ( ) [ ] {} # N'a' E'b' _utf8'c' 'd' "e" `f`
[g] IN(1) *** ... .. <x> <redacted> [masked] ->>'k' -5 +5 1e+5 \u00e9 \x00 \x01 \x02 \x10 \x1f IDENTIFIED a@b.c & | ;
"""
PIECES = [
    *BITS.split(),
    " ",
    "\n",
    " BY 1, 2 ",
    " JSON_VALUE(a, '$.b') ",
    "; SELECT 2",
    " IN ( 'a' , 2)",
    "1 ",
    " WHEN 1 THEN 2",
]


def long_way(sql: str, system: str | None) -> object:
    """The shape that tokens give."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SHAPES, "quick_text", lambda *_: None)
        return SHAPES._shape.__wrapped__(sql, system)


def test_most_texts_go_the_short_way() -> None:
    taken = {dialect: sum(quick_text(text, dialect) is not None for text in TEXTS) for dialect in ("postgres", "mysql")}
    assert min(taken.values()) > 250


@pytest.mark.parametrize("system", SYSTEMS)
def test_shapes_are_the_same_either_way(system: str | None) -> None:
    cut = [text[: len(text) * part // 7] for text in TEXTS for part in range(1, 8)]
    assert [SHAPES._shape.__wrapped__(text, system) for text in cut] == [long_way(text, system) for text in cut]


@settings(max_examples=2000, deadline=None)
@given(
    st.sampled_from(TEXTS),
    st.sampled_from(SYSTEMS),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(PIECES), st.integers(0, 1)), max_size=4),
    st.floats(0.2, 1),
)
def test_shapes_of_damaged_texts_are_the_same_too(
    sql: str, system: str | None, bits: list[tuple[float, str, int]], cut: float
) -> None:
    for place, bit, gone in bits:
        position = int(len(sql) * place)
        sql = sql[:position] + bit + sql[position + gone :]
    sql = sql[: int(len(sql) * cut)]
    assert SHAPES._shape.__wrapped__(sql, system) == long_way(sql, system)


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("SELECT a FROM t -- secret", "postgres"),
        ("SELECT a /* secret */ FROM t", "postgres"),
        ('SELECT a FROM t WHERE "ann@example.test" = b', "postgres"),
        ("SELECT a FROM t WHERE b = N'secret'", "tsql"),
        ("SELECT a FROM t WHERE b = E'it\\'s secret'", "postgres"),
        ("SELECT a FROM t WHERE b = $$secret$$", "postgres"),
        ("SELECT a FROM t WHERE b = <secret>", "postgres"),
        ('SELECT a FROM t WHERE b = "secret"', "mysql"),
        ('SELECT a FROM t WHERE b = "secret"', "sqlite"),
        ('SELECT "t"."a" FROM "t" WHERE "t"."b" = "secret"', "sqlite"),
        ("SELECT a FROM t WHERE b = 'x' AND c->>'secret' = 1", "postgres"),
        ("SELECT x IDENTIFIED BY secret", "oracle"),
        ("secret words", "postgres"),
    ],
)
def test_what_may_hold_a_value_goes_the_long_way(text: str, dialect: str) -> None:
    assert quick_text(text, dialect) is None
