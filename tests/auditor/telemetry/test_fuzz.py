"""A few mutated inputs for every reader; `make fuzz-readers` reads many more."""

from __future__ import annotations

import pytest

from tests.fuzz.inputs import WHOLE
from tests.fuzz.readers import PEAK, SECONDS, child


@pytest.mark.parametrize("name", WHOLE)
def test_mutated_inputs_do_no_harm(name: str) -> None:
    slowest, peak, refused = child(name, "suite", 60)
    assert slowest < SECONDS
    assert peak < PEAK
    assert refused < 60
