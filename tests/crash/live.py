"""Kills the live service at random moments while telemetry comes in: python -m tests.crash.live [KILLS].

In rounds of five kills: what was not acknowledged is sent again, and in the end the index must hold every span of the
clinic's capture, once.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from auditor.engine.local import count_inputs
from auditor.index.store import StoreReader
from auditor.telemetry.report import ReadReport
from tests.support.live import clinic_now, running, send_and_kill

ROUND = 5  # kills


def crash(folder: Path, kills: int) -> None:
    """One round. Raises AssertionError where a promise is broken."""
    requests = clinic_now()
    (folder / "traces.jsonl").write_text("\n".join(requests))
    waiting = send_and_kill(folder, requests, kills)
    with running(folder) as live:
        for one in waiting:
            live.send(one)
        live.stop()
    with StoreReader(folder / "store") as store:
        found = store.model()
    assert found == count_inputs([str(folder / "traces.jsonl")], ReadReport()), "not what was sent"


def main(kills: str = "100") -> None:
    """Print how many kills went well."""
    for done in range(0, int(kills), ROUND):
        with tempfile.TemporaryDirectory() as folder:
            crash(Path(folder), ROUND)
        print(f"{done + ROUND} kills: nothing lost, nothing twice", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
