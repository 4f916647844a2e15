"""Traces that come in pieces, in any order, some of them late: in the end the counts are those of all at once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.engine.kernel import Limits
from auditor.engine.local import count_spans
from auditor.index.store import Store
from auditor.live.fresh import Fresh
from auditor.live.waiting import Arrived
from auditor.telemetry.spans import SpanBatch
from lineage.merge import total
from lineage.system import SystemModel
from tests.support.hours import trace
from tests.support.spans import batch, server

SPANS = [span for number in range(8) for span in trace(number, minute=20 * number)]
WHOLE = count_spans(batch(*SPANS))
ORDERS = st.permutations(range(len(SPANS)))
SIZES = st.lists(st.integers(1, 9), min_size=2, max_size=8)
STEPS = st.lists(st.sampled_from(["wait", "take", "take", "move", "count"]), min_size=4, max_size=30)


def of(fresh: Fresh, base: SystemModel | None = None) -> SystemModel:
    return total([base or SystemModel(), *fresh.models()])


def sent(order: list[int], sizes: list[int]) -> list[SpanBatch]:
    """The spans in that order, in requests of those sizes."""
    requests: list[SpanBatch] = []
    rest = [SPANS[number] for number in order]
    for size in (*sizes, len(rest)):
        requests += batch(*rest[:size]) if rest else []
        rest = rest[size:]
    return requests


@given(ORDERS, SIZES)
@settings(max_examples=4, deadline=None)
def test_once_all_is_quiet_it_is_as_if_all_had_been_counted_at_once(order: list[int], sizes: list[int]) -> None:
    fresh = Fresh(Limits(threads=1), quiet=5)
    for number, one in enumerate(sent(order, sizes), start=1):
        fresh.take([Arrived(number, 100 + number / 100, one)])
        assert not fresh.settle(100 + number / 100, moved=0)
    assert fresh.waiting == len(SPANS)
    assert fresh.settle(110, moved=0)
    assert (fresh.waiting, of(fresh)) == (0, WHOLE)


@given(ORDERS, SIZES, STEPS)
@settings(max_examples=4, deadline=None)
def test_the_index_and_what_came_since_never_miss_a_span_and_come_right(
    order: list[int], sizes: list[int], steps: list[str]
) -> None:
    fresh, requests = Fresh(Limits(threads=1), quiet=5), sent(order, sizes)
    clock, taken, moved, base = 100.0, 0, 0, SystemModel()
    with TemporaryDirectory() as folder, Store(Path(folder) / "store") as store:
        for step in [*steps, *["take"] * len(requests), "move", "count"]:
            clock += 6 if step == "wait" else 1
            if step == "take" and taken < len(requests):
                fresh.take([Arrived(taken + 1, clock, requests[taken])])
                taken += 1
            elif step == "move":
                for number in range(moved, taken):
                    store.add(f"received {number + 1:020d}", [requests[number]], replaces="received ")
                moved = taken
            elif step == "count":
                store.refresh()
                base = store.model(with_undated=True)
                fresh.forget(moved)
            fresh.settle(clock, moved)
            assert of(fresh, base).spans + fresh.waiting >= sum(one.num_rows for one in requests[:taken])
        assert not fresh.settle(clock + 60, moved), "what still waited is in the index"
        assert (fresh.waiting, of(fresh, base)) == (0, WHOLE)


def test_a_trace_that_never_is_quiet_is_counted_all_the_same() -> None:
    fresh = Fresh(Limits(threads=1), quiet=5)
    counted = False
    for second in range(1, 70):
        (one,) = batch(server("web", f"{second:x}", "GET /"))
        fresh.take([Arrived(second, 100.0 + second, one)])
        counted |= fresh.settle(100.0 + second, moved=0)
    assert counted


def test_traces_from_before_the_window_are_left_out_but_not_those_of_no_time() -> None:
    fresh = Fresh(Limits(threads=1), quiet=5)
    (old,) = batch(*trace(1, minute=0))
    (odd,) = batch({**server("clockless", "a", "GET /"), "trace_id": "dd", "start_ns": 5, "end_ns": 6})
    fresh.take([Arrived(1, 100.0, old), Arrived(2, 100.0, odd)])
    fresh.settle(110.0, moved=0, since=1_800_000_000 * 10**9)
    assert [service.name for service in of(fresh).services] == ["clockless"]


def test_the_auditors_own_traces_are_counted_but_are_no_news() -> None:
    fresh = Fresh(Limits(threads=1), quiet=5)
    (own,) = batch(server("privacy-auditor", "a", "GET /"))
    fresh.take([Arrived(1, 100.0, own)])
    assert not fresh.settle(110.0, moved=0)
    assert [service.name for service in of(fresh).services] == ["privacy-auditor"]
