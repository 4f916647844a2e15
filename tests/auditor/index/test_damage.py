"""Damaged files cost what only they held, and are told; none of them ends in a crash."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from auditor.engine.gaps import gaps_of
from auditor.engine.local import count_spans
from auditor.errors import AuditorError, InputError
from auditor.index.catalogue import FILE
from auditor.index.store import Store, StoreReader
from auditor.telemetry.report import ReadReport
from tests.support.hours import FIRST, HOUR, spans, trace

DAMAGES = {
    "cut": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "flipped": lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "other": lambda data: b"not Parquet at all",
}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    with Store(tmp_path / "s") as store:
        store.add("one", spans(trace(1, 0), trace(2, 61)))
    return tmp_path / "s"


@pytest.mark.parametrize("kind", ["spans", "rows"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_segment_costs_its_own_spans(kept: Path, kind: str, damage: str) -> None:
    file = min((kept / kind).rglob("*.parquet"))
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    with Store(kept) as store:
        store.refresh()
        model = store.model()
        assert model.spans == 4
        (gap,) = (gap for gap in gaps_of(model) if gap.kind == "damaged_segment")
        assert (gap.where, gap.count, gap.share) == ("20231114T22", 4, 1.0)
        store.compact(most=0)
        assert store.model() == model


def test_a_missing_segment_is_told(kept: Path) -> None:
    min((kept / "spans").rglob("*.parquet")).unlink()
    with StoreReader(kept) as store:
        model = store.model()
        assert model.spans == 4
        assert [(gap.where, gap.count) for gap in gaps_of(model)] == [("20231114T22", 4)]


def test_damaged_counts_are_counted_again_while_there_are_spans(kept: Path) -> None:
    with Store(kept) as store:
        store.refresh()
        store._catalogue._execute("UPDATE model SET body = substr(body, 1, 20)")
        assert store.model() == count_spans(spans(trace(1, 0), trace(2, 61)))
        store.expire(FIRST + HOUR + 8 * 24 * HOUR)
        store._catalogue._execute("UPDATE model SET body = substr(body, 1, 20)")
        model = store.model()
        assert [(gap.where, gap.count) for gap in gaps_of(model) if gap.kind == "damaged_model"] == [
            ("20231114T22", 4),
            ("20231114T23", 4),
        ]


def test_a_damaged_catalogue_is_told(kept: Path) -> None:
    (kept / FILE).write_bytes(b"this is no database, but long enough to look like a file of one" * 100)
    for opened in (Store, StoreReader):
        with pytest.raises(InputError, match="damaged or no catalogue"):
            opened(kept)


def test_a_catalogue_with_flipped_bytes_never_ends_in_a_crash(kept: Path) -> None:
    with Store(kept) as store:
        store.refresh()
    whole = (kept / FILE).read_bytes()
    chance = random.Random(7)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            data[chance.randrange(100, len(data))] = chance.randrange(256)
        (kept / FILE).write_bytes(data)
        with contextlib.suppress(AuditorError), StoreReader(kept) as store:
            store.windows()
            store.model(0, FIRST, ReadReport())


def test_a_catalogue_of_a_newer_auditor_is_told(kept: Path) -> None:
    with Store(kept) as store:
        store._catalogue._execute("PRAGMA user_version = 99")
    for opened in (Store, StoreReader):
        with pytest.raises(InputError, match="version 99"):
            opened(kept)
