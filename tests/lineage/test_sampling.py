"""What a count is worth."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineage.sampling import UNKNOWN, Sampled, sampled, together

MILLION = 1_000_000


def test_nothing_stated_is_unknown_and_not_one() -> None:
    assert sampled(7, 0, 0) == Sampled("unknown", None)


def test_each_span_stands_for_itself() -> None:
    assert sampled(7, 7, 7 * MILLION) == Sampled("exact", 7)


def test_each_span_says_for_how_many_it_stands() -> None:
    assert sampled(2, 2, 20_400_000) == Sampled("adjusted", 20)


def test_where_only_some_say_it_the_others_are_at_least_themselves() -> None:
    assert sampled(5, 2, 20 * MILLION) == Sampled("unknown", 23)


@given(st.integers(0, 1000), st.lists(st.floats(1, 1e6), max_size=50))
def test_there_are_never_fewer_than_were_seen(others: int, weights: list[float]) -> None:
    millionths = sum(round(weight * MILLION) for weight in weights)
    found = sampled(others + len(weights), len(weights), millionths)
    assert found.adjusted is None or found.adjusted >= others + len(weights)


def test_a_sum_is_worth_what_its_parts_are() -> None:
    exact, adjusted = (2, Sampled("exact", 2)), (3, Sampled("adjusted", 30))
    assert together([exact, exact]) == Sampled("exact", 4)
    assert together([exact, adjusted]) == Sampled("adjusted", 32)
    assert together([exact, adjusted, (5, UNKNOWN)]) == Sampled("unknown", 37)
    assert together([(5, UNKNOWN)]) == together([]) == UNKNOWN
