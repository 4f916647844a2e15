"""A few mutated requests through the doors; `make fuzz-receivers` sends 100,000."""

from __future__ import annotations

import random
from pathlib import Path

from tests.bench.fuzz_receivers import run


def test_mutated_requests_get_an_answer(tmp_path: Path) -> None:
    statuses = run(tmp_path, 200, random.randrange(1 << 30))
    assert {200, 400, 415} <= set(statuses)
