from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.access.ratelimit import Rate, RateLimit


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_the_rate() -> None:
    clock = Clock()
    limit = RateLimit(Rate(2, 3), clock)
    assert [limit.wait("a") for _ in range(4)] == [0, 0, 0, 1]
    assert limit.wait("b") == 0
    clock.now = 0.5
    assert [limit.wait("a"), limit.wait("a")] == [0, 1]


def test_the_wait_is_how_long_it_takes() -> None:
    clock = Clock()
    limit = RateLimit(Rate(0.1, 1), clock)
    assert limit.wait("a") == 0
    seconds = limit.wait("a")
    assert seconds == 10
    clock.now = seconds
    assert limit.wait("a") == 0


@given(st.lists(st.floats(0, 10), max_size=60), st.integers(1, 5), st.floats(0.1, 5))
def test_never_more_than_burst_and_rate_allow(pauses: list[float], burst: int, per_second: float) -> None:
    clock = Clock()
    limit = RateLimit(Rate(per_second, burst), clock)
    allowed = 0
    for pause in pauses:
        clock.now += pause
        allowed += limit.wait("a") == 0
        assert allowed <= burst + clock.now * per_second + 1e-6


def test_memory_is_bounded() -> None:
    limit = RateLimit(Rate(1, 1), max_keys=10)
    for number in range(1000):
        limit.wait(str(number))
    assert len(limit) == 10
