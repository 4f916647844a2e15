"""Words for how often, how long, and why so often."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lineage.amplification import Cause
from lineage.audit import Audit
from lineage.explorer import explore
from lineage.model import LeftOut, Operation, Party
from lineage.sampling import UNKNOWN, Sampled
from reports.explorer_text import explorer_lines
from reports.load_words import counted, duration, reason
from tests.reports.conftest import Poison


@pytest.mark.parametrize(
    ("sampled", "words"),
    [
        (UNKNOWN, "12 calls"),
        (Sampled("exact", 12), "12 calls"),
        (Sampled("adjusted", 1200), "at least 12 calls (sampled; about 1,200)"),
        (Sampled("unknown", 40), "at least 12 calls (partly sampled; about 40 or more)"),
    ],
)
def test_a_count_says_what_it_is_worth(sampled: Sampled, words: str) -> None:
    assert counted(12, sampled, "call") == words


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [(0.043, "0.043 ms"), (3.41, "3.4 ms"), (121.7, "122 ms"), (1234, "1.2 s"), (61_000, "61 s")],
)
def test_durations_have_two_digits_that_mean_something(milliseconds: float, words: str) -> None:
    assert duration(milliseconds) == words


def test_causes_are_sentences() -> None:
    web, users, store = Operation("web", "GET /"), Party("service", "users"), Party("store", "db")
    loop = Cause("loop", web, users, "GET /user", 3.25, 7)
    assert reason(loop) == "loop: each web GET / calls users GET /user 3.25 times, at most 7"
    assert reason(Cause("loop", web, store, "s1-abc", 40, 40)) == "loop: each web GET / calls db 40 times, at most 40"
    fan_out = "fan-out: 3 paths lead there from web GET /, 2.5 times the busiest alone"
    assert reason(Cause("fan-out", web, users, "GET /user", 2.5, 3)) == fan_out
    assert reason(None) == ""


def test_what_is_told_of_the_sample(sample: Audit) -> None:
    text = "\n".join(explorer_lines(sample, explore(sample), 50))
    assert "at least 7,310 requests (sampled; about 29,240)" in text
    assert "23 (1 %)" in text
    assert "shop -> shopdb: SELECT" in text
    assert "because of" in text
    assert "loop: each web GET / calls catalogue GET /products" in text
    assert "Left out" not in text


def test_what_is_left_out_is_said(sample: Audit) -> None:
    lines = list(explorer_lines(sample, explore(sample), 2))
    assert any(line.startswith("Left out: 5 of services, 12 of calls (--limit") for line in lines)


def test_names_from_outside_cannot_act(sample: Audit, poison: Poison) -> None:
    hostile = poison(sample, "\x1b[2J\n::error::")
    lines = list(explorer_lines(hostile, explore(hostile), 50))
    assert all(line.isprintable() for line in lines)


def test_what_the_file_leaves_out_is_said_too(sample: Audit) -> None:
    cut = replace(sample, left_out=(LeftOut("loads", 7),))
    assert "Left out: 7 of loads (audit.json holds the heaviest)." in list(explorer_lines(cut, explore(cut), 50))
