"""Histograms tell quantiles within their error, and add up."""

from __future__ import annotations

from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from lineage.histogram import EMPTY, ERROR, Histogram, bucket_of, histogram_of, merged

values = st.lists(st.integers(0, 2**62) | st.integers(0, 30), max_size=60)
shares = st.sampled_from((0.0, 0.5, 0.9, 0.99, 1.0))


@given(values.filter(bool), shares)
def test_a_quantile_is_within_the_error_of_the_value_of_that_rank(values: list[int], share: float) -> None:
    true = sorted(values)[max(ceil(share * len(values)), 1) - 1]
    told = histogram_of(values).quantile(share)
    assert abs(told - true) <= true * ERROR * 1.000001
    if true <= 14:
        assert told == true


@given(values)
def test_count_mean_and_most_are_exact(values: list[int]) -> None:
    found = histogram_of(values)
    assert (found.count, found.total, found.most) == (len(values), sum(values), max(values, default=0))
    assert found.mean == (sum(values) / len(values) if values else 0)


@given(values, st.lists(st.integers(0, 60), min_size=2, max_size=2).map(sorted))
def test_parts_add_up_to_the_whole_in_any_order(values: list[int], cuts: list[int]) -> None:
    a, b, c = (histogram_of(part) for part in (values[: cuts[0]], values[cuts[0] : cuts[1]], values[cuts[1] :]))
    whole = histogram_of(values)
    assert merged([a, b, c]) == merged([c, merged([b, a])]) == whole
    assert merged([whole, EMPTY]) == whole


@given(st.integers(1, 2**62))
def test_a_bucket_holds_what_lies_between_its_bounds(value: int) -> None:
    bucket = bucket_of(value)
    assert 2 ** (bucket / 8) * (1 - 1e-12) < value <= 2 ** ((bucket + 1) / 8) * (1 + 1e-12)


def test_counts_that_nobody_could_have_counted_are_told_without_failing() -> None:
    assert Histogram(offset=10**9, counts=(1, 1), most=7).quantile(0.5) == 7
    assert Histogram(offset=-(10**9), counts=(1, 1), most=7).quantile(0.5) == 1
    assert EMPTY.quantile(0.5) == EMPTY.mean == 0
