"""The window of keys against a plain set."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.intake.hashing import Hasher
from auditor.intake.seen import Seen, Table

keys = st.lists(st.integers(1, 200) | st.integers(1, 2**64 - 1), max_size=300).map(
    lambda all_: np.array(all_, np.uint64)
)


@settings(deadline=None)
@given(st.lists(keys, max_size=8), keys)
def test_a_table_is_a_set(batches: list[np.ndarray], asked: np.ndarray) -> None:
    table, model = Table(), set[int]()
    for batch in batches:
        fresh = np.array(sorted(set(batch.tolist()) - model), np.uint64)
        table.add(fresh)
        model |= set(fresh.tolist())
    assert table.has(asked).tolist() == [key in model for key in asked.tolist()]
    assert table.size == len(model)


def test_a_table_grows_and_finds_what_shares_a_slot() -> None:
    table = Table()
    crowded = (np.arange(1, 5001, dtype=np.uint64) << np.uint64(32)) | np.uint64(7)  # one slot, whatever the size
    table.add(crowded[:2000])
    table.add(crowded[2000:3000])
    assert table.has(crowded).tolist() == [True] * 3000 + [False] * 2000


@settings(deadline=None)
@given(st.lists(keys, max_size=6))
def test_what_was_added_is_not_new(batches: list[np.ndarray]) -> None:
    seen, model = Seen(60, 10_000), set[int]()
    for batch in batches:
        fresh, expected = seen.new(batch), []
        for key in batch.tolist():
            expected.append(key not in model)
            model.add(key)
        assert fresh.tolist() == expected
        seen.add(batch[fresh], 0.0)


def test_the_window_is_at_least_its_seconds_and_never_twice_as_long() -> None:
    seen = Seen(60, 1000)
    for second in range(0, 200, 10):
        seen.add(np.array([second + 1], np.uint64), float(second))
    remembered = [second for second in range(0, 200, 10) if not seen.new(np.array([second + 1], np.uint64))[0]]
    assert remembered == list(range(120, 200, 10)) or remembered == list(range(60, 200, 10))
    assert set(range(140, 200, 10)) <= set(remembered)


def test_the_window_is_bounded() -> None:
    seen = Seen(60, 1000)
    for start in range(1, 10_000, 100):
        seen.add(np.arange(start, start + 100, dtype=np.uint64), 0.0)
        assert len(seen) <= 1000
    assert not seen.new(np.arange(9_500, 9_901, dtype=np.uint64)).any(), "the last half is there"


def test_another_secret_gives_other_hashes_and_order_counts() -> None:
    one, other = Hasher(b"one"), Hasher(b"other")
    first, second = np.array([1], np.uint64), np.array([2], np.uint64)
    assert one.mixed([first, second]) == one.mixed([first, second])
    assert one.mixed([first, second]) != other.mixed([first, second])
    assert one.mixed([first, second]) != one.mixed([second, first])
    assert one.one(b"a") != other.one(b"a")


def test_spans_of_one_trace_have_keys_of_their_own() -> None:
    trace, spans = np.full(100_000, 7, np.uint64), np.arange(100_000, dtype=np.uint64)
    assert len(np.unique(Hasher(b"x").mixed([trace, trace, spans, trace]))) == 100_000
