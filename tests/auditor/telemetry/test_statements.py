"""Statements read in columns are what each is by itself; where columns cannot tell they do not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.telemetry import semconv
from auditor.telemetry.effects import Around, effect_of, statement_effect
from auditor.telemetry.flat import Coded, same
from auditor.telemetry.leaks import is_safe
from auditor.telemetry.statements import plain_statements
from tests.lineage.sql.test_quick import PIECES, SYSTEMS, TEXTS

KEY = "db.query.text"
LITERALS = [
    "'ada@example.org'",
    "'2024-01-31'",
    "'+49 151 2345678'",
    " 4111111111111111 ",
    ",4111111111111111,12,",
    "(1,22,333,4444)",
    "4111111111111111.5",
    " by ",
    "1by",
    " created_by = 4111111111111111",
    "'it''s'",
    "''",
    "\u0660\u0661",
    "\t",
    "\x0b",
]


def compare(texts: list[str], system: str | None) -> int:
    """How many were read in columns; each has the effect that it has by itself."""
    statements, which = plain_statements(pa.array(texts, pa.string()), same(system, len(texts)))
    for text, place in zip(texts, which.tolist(), strict=True):
        if place >= 0:
            assert statement_effect(KEY, *statements[place]) == effect_of(KEY, text, text, Around(system))
    return int((which >= 0).sum())


@pytest.mark.parametrize("system", [*SYSTEMS, "mongodb"])
def test_statements_are_the_same_either_way(system: str | None) -> None:
    plain = compare([*TEXTS, *(text[: len(text) * part // 3] for text in TEXTS for part in (1, 2))], system)
    assert plain > 300 if system != "mongodb" else plain == 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(TEXTS),
            st.lists(st.tuples(st.floats(0, 1), st.sampled_from([*PIECES, *LITERALS])), max_size=3),
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(SYSTEMS),
)
def test_whatever_is_put_into_statements(made: list[tuple[str, list[tuple[float, str]]]], system: str | None) -> None:
    texts = []
    for text, pieces in made:
        for where, piece in pieces:
            at = int(where * len(text))
            text = text[:at] + piece + text[at:]
        texts.append(text)
    compare(texts, system)


def test_literals_are_judged_and_numbers_before_by_too() -> None:
    texts = [
        "SELECT a FROM t WHERE b = 'ada@example.org'",
        "SELECT a FROM t WHERE b = 'nobody'",
        "SELECT a FROM t WHERE b = 4111111111111111 ORDER BY a",
        "SELECT a FROM t WHERE b = 4111 ORDER BY a",
    ]
    statements, which = plain_statements(pa.array([*texts, None]), same("mysql", 5))
    assert which.tolist()[4] == -1
    shapes = [statements[place][0].text for place in which.tolist()[:4]]
    assert shapes[0] == shapes[1] == "SELECT a FROM t WHERE b = '?'"
    assert shapes[2] == shapes[3] == "SELECT a FROM t WHERE b = ? ORDER BY a"
    shown = [set(statements[place][1]) for place in which.tolist()[:4]]
    assert shown == [{"user.contact.email"}, set(), {"user.financial.credit_card"}, set()]
    assert compare(texts, "mysql") == 4


def test_literals_of_statements_are_judged_under_every_key() -> None:
    assert not any(map(is_safe, semconv.DB_TEXT))


def test_every_text_is_read_as_its_own_database_means_it() -> None:
    text = "SELECT a FROM t WHERE b = 4111111111111111"
    statements, which = plain_statements(pa.array([text] * 3), Coded(["mysql", "mongodb"], np.array([0, 1, 0])))
    assert (which[0], which[1]) == (which[2], -1)
    assert statements[which[0]][0].text == "SELECT a FROM t WHERE b = ?"
