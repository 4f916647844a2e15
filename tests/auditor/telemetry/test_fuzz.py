"""A few mutated inputs for every reader; `make fuzz-readers` reads many more."""

from __future__ import annotations

from tests.fuzz.inputs import WHOLE
from tests.fuzz.readers import ALL, PEAK, SECONDS, child


def test_mutated_inputs_do_no_harm() -> None:
    count = 40 * len(WHOLE)
    slowest, peak, refused = child(ALL, "suite", count)
    assert slowest < SECONDS
    assert peak < PEAK
    assert 0 < refused < count
