"""Steps of time cover a period exactly, and none is full that could be shorter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.telemetry.trace_stores.steps import Page, steps

HOUR = 3600 * 10**9


@given(
    times=st.lists(st.integers(0, 50 * HOUR), max_size=200),
    limit=st.integers(1, 20),
    start=st.integers(0, HOUR),
    length=st.integers(1, 60 * HOUR),
)
def test_every_time_is_found_once(times: list[int], limit: int, start: int, length: int) -> None:
    def ask(begin: int, end: int) -> Page[int]:
        found = [time for time in times if begin <= time < end]
        return Page(tuple(found[:limit]), len(found) >= limit)

    taken = list(steps(start, start + length, 1, limit, ask))
    assert [step.end for step in taken[:-1]] == [step.start for step in taken[1:]]
    assert (taken[0].start, taken[-1].end) == (start, start + length)
    assert all(step.end - step.start == 1 for step in taken if step.page.is_full)
    there = [time for time in times if start <= time < start + length]
    crowded = {time for time in there if there.count(time) >= limit}
    found = sorted(time for step in taken for time in step.page.items if time not in crowded)
    assert found == sorted(time for time in there if time not in crowded)


def test_quiet_times_are_passed_in_long_steps() -> None:
    asked = []

    def ask(begin: int, end: int) -> Page[int]:
        asked.append((begin, end))
        return Page((), False)

    list(steps(0, 30 * 24 * HOUR, 1, 100, ask))
    assert len(asked) < 40
