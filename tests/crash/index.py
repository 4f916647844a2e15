"""Kills a writer of an index at random moments: python -m tests.crash.index [KILLS] [SEED].

Whatever it reported as done must be there, once, and whole; what it did not may be, or not at all.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from auditor.engine.local import count_spans
from auditor.index.store import Store
from tests.support.hours import spans, trace

TRACES = 120


def crash(folder: Path, kills: int, chance: random.Random) -> tuple[int, int]:
    """Kill a writer so many times, checking the store behind each; (additions reported, additions found)."""
    reported: set[int] = set()
    found: set[int] = set()
    for kill in range(kills):
        if len(found) == TRACES:
            reported, found, folder = set(), set(), folder.with_name(f"after{kill}")
        command = [sys.executable, "-m", "tests.crash.index_writer", str(folder), str(TRACES)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(chance.uniform(0, 1.2))
            writer.send_signal(signal.SIGKILL)
            reported |= {int(line) for line in [first, *writer.stdout] if line.endswith("\n")}
        found = check(folder, reported)
    with Store(folder) as store:
        for number in range(TRACES):
            store.add(str(number), spans(trace(number, number % 90)))
        store.refresh()
        assert store.model() == count_spans(spans(*(trace(n, n % 90) for n in range(TRACES)))), "not the whole"
    return len(reported), len(found)


def check(folder: Path, reported: set[int]) -> set[int]:
    """The additions that a store knows: all that were reported, and the spans of exactly these."""
    with Store(folder) as store:
        known = {number for number in range(TRACES) if store.knows(str(number))}
        assert reported <= known, f"lost: {sorted(reported - known)}"
        model = store.model()
        assert (model.traces, model.spans, model.duplicates) == (len(known), 4 * len(known), 0), "not what it knows"
        assert not list(folder.rglob("*.unfinished"))
        assert len(list(folder.rglob("*.parquet"))) == sum(window.files for window in store.windows())
    return known


def main(kills: str = "100", seed: str = "") -> None:
    """Print what was reported and found in the last folder; raises AssertionError where a promise is broken."""
    chance = random.Random(seed or None)
    with tempfile.TemporaryDirectory() as folder:
        reported, found = crash(Path(folder) / "s", int(kills), chance)
    print(f"{kills} kills: nothing lost, nothing twice (the last folder: {reported} reported, {found} found)")


if __name__ == "__main__":
    main(*sys.argv[1:])
