from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import anchor, count, share, visible


@given(st.text())
def test_what_is_shown_can_be_encoded_and_neither_acts_nor_hides(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert all(c.isprintable() or c.isspace() for c in shown)
    assert not re.search(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]", shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("naïve ☃", "naïve ☃"),
        ("\x1b[31mred", "\\u001b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("a\nb\x00", "a\\u000ab\\u0000"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_hidden_characters_become_codes(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_long_names_are_cut() -> None:
    assert visible("x" * 1_000_000, 10) == "x" * 9 + "…"


@given(st.text())
def test_an_anchor_is_one_safe_word(name: str) -> None:
    assert re.fullmatch(r"flow-[A-Za-z0-9_.:/-]+", anchor("flow", name))


def test_different_names_have_different_anchors() -> None:
    assert anchor("flow", "a b") != anchor("flow", "a  b")
    assert anchor("flow", "f1-ab") == "flow-f1-ab"


@pytest.mark.parametrize(("part", "text"), [(0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, ">99 %"), (1, "100 %")])
def test_a_share_never_rounds_to_nothing_or_all(part: float, text: str) -> None:
    assert share(part) == text


def test_counting() -> None:
    assert [count(n, "party", "parties") for n in (0, 1, 2000)] == ["0 parties", "1 party", "2,000 parties"]
