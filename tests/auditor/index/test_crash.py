"""What was reported as done survives: a kill at any moment, and, by the order of its syncs, a loss of power."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from auditor.index.store import Store
from tests.crash.index import crash
from tests.support.hours import spans, trace


def test_a_kill_at_any_moment_loses_nothing_that_was_reported(tmp_path: Path) -> None:
    crash(tmp_path / "s", kills=2, chance=random.Random())


def test_all_is_synced_before_the_catalogue_tells_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: set[str] = set()
    at_commit: list[set[str]] = []

    def fsync(handle: int) -> None:
        synced.add(os.readlink(f"/proc/self/fd/{handle}").replace(".unfinished", ".parquet"))

    with Store(tmp_path / "s") as store:
        monkeypatch.setattr(os, "fsync", fsync)
        database = store._catalogue._db
        database.set_trace_callback(lambda query: at_commit.append(set(synced)) if query == "COMMIT" else None)
        store.add("one", spans(trace(1, 0), trace(2, 61)))
        files = set((tmp_path / "s").rglob("*.parquet"))
        assert {str(path) for file in files for path in (file, *file.parents[:4])} <= at_commit[0]
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
