"""A comment in which no name can act: what stands outside code spans is ours."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.audit import Audit
from reports.markdown import MARKER, code, comment, phrase
from reports.repository import Repository

SPAN = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "--><!-- privacy-auditor -->",
    "</details>",
    "[x](javascript:alert(1))",
    "![x](https://x.test/p.png)",
    "https://x.test www.x.test a@x.test",
    "@octocat @org/team #1 GH-1 octocat/repo#1 !1 &1 %1 ~bug :tada:",
    "a5c3785ed8d6a35868bc169f07e40e889087fd2e",
    "`code` ``code``",
    "a|b\\|c",
    "\n\n# heading\n",
    "$`x`$ $$x$$",
    "trailing\\",
    "&lt;b&gt;&#64;",
)


def outside(text: str) -> str:
    """What a reader of Markdown may act on: the text without its code spans."""
    return SPAN.sub("CODE", text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_add_nothing_outside_code_spans(sample: Audit, poison: Any, payload: str) -> None:
    hostile = outside(comment(poison(sample, payload), Repository()))
    plain = outside(comment(poison(sample, "zz"), Repository()))
    assert hostile.replace("CODE", "").replace("highzz", "") == plain.replace("CODE", "").replace("highzz", "")


@given(st.text())
def test_a_code_span_is_one_span_of_one_cell(name: str) -> None:
    span = code(name)
    assert SPAN.fullmatch(span)
    assert "|" not in span


@given(st.text())
def test_a_phrase_is_plain_words_or_a_code_span(text: str) -> None:
    shown = phrase(text)
    assert SPAN.fullmatch(shown) or not re.search(r"[^A-Za-z ,()'’/;-]", shown)


def test_words_of_the_taxonomy_stay_words() -> None:
    assert phrase("E-mail address") == "E-mail address"
    assert phrase("high") == "high"
    assert phrase("@high") == "`@high`"


def test_the_marker_is_the_first_line_and_the_comment_is_the_same_every_time(sample: Audit, shuffled: Audit) -> None:
    assert comment(sample, Repository()).splitlines()[0] == MARKER
    assert comment(sample, Repository()) == comment(shuffled, Repository())


def test_every_row_has_as_many_cells(sample: Audit, poison: Any) -> None:
    rows = [line for line in comment(poison(sample, "a|b\\|"), Repository()).splitlines() if line.startswith("|")]
    assert {outside(row).count("|") for row in rows} == {6}
