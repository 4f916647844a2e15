"""What is dropped or joined changes nothing but what people asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.engine.gaps import gaps_of
from auditor.engine.local import count_spans
from auditor.errors import InputError
from auditor.index.models import lean
from auditor.index.store import Store
from auditor.index.upkeep import Expired, Keep
from auditor.telemetry.report import ReadReport
from lineage.audit import Input
from lineage.system import SystemModel
from tests.support.hours import FIRST, HOUR, spans, trace
from tests.support.spans import batch

DAY = 24 * HOUR


def gaps(model: SystemModel) -> dict[str, tuple[str, int, float]]:
    return {gap.kind: (gap.where, gap.count, gap.share) for gap in gaps_of(model)}


def files(folder: Path) -> int:
    return len(list(folder.rglob("*.parquet")))


def test_crowded_windows_are_joined_and_tell_the_same(tmp_path: Path) -> None:
    whole = [trace(n, n % 3) for n in range(40)]
    with Store(tmp_path / "s") as store:
        for number, one in enumerate(whole):
            store.add(str(number), spans(one))
        before = files(tmp_path / "s")
        gone = store.compact(most=2)
        assert gone > 0
        assert files(tmp_path / "s") == before - gone
        assert store.compact(most=2) == 0
        assert store.refresh() == 1
        assert store.model() == count_spans(spans(*whole))


def test_what_is_old_is_known_less_of(tmp_path: Path) -> None:
    whole = spans(trace(1, 0), trace(2, 61))
    keep = Keep(spans=1, contexts=2, models=3)
    with Store(tmp_path / "s") as store:
        store.add("one", whole)
        assert store.expire(FIRST + HOUR + DAY, keep) == Expired()
        assert store.expire(FIRST + HOUR + DAY + 1, keep) == Expired(spans=1)
        assert files(tmp_path / "s") == 2  # spans and rows of the other hour
        assert store.model() == count_spans(whole)
        with pytest.raises(InputError, match="only whole hours can be told of 2023-11-14T22:00:00Z"):
            store.model(FIRST + 1, None)
        assert store.model(FIRST, FIRST + HOUR).traces == 1
        assert store.expire(FIRST + HOUR + 2 * DAY + 1, keep) == Expired(spans=1, contexts=1)
        model = store.model()
        assert gaps(model)["counts_only"] == ("hours of the index", 1, 0.5)
        assert [context.calls for context in model.contexts] == [1, 1]
        assert store.expire(FIRST + 2 * HOUR + 2 * DAY + 1, keep) == Expired(contexts=1)
        assert [model.spans for model in (store.model(), lean(count_spans(whole)))] == [8, 8]
        assert store.model().exchanges == lean(count_spans(whole)).exchanges
        assert store.expire(FIRST + 2 * HOUR + 3 * DAY + 1, keep) == Expired(models=2)
        assert store.model() == SystemModel()
        assert store.windows() == []
        assert not store.add("one", whole)


def test_what_comes_late_is_counted_and_told(tmp_path: Path) -> None:
    one = trace(1, 0)
    with Store(tmp_path / "s") as store:
        store.add("early", batch(*one[:2]))
        store.expire(FIRST + 8 * DAY)
        store.add("late", batch(*one[2:]))
        assert store.model().spans == 4
        assert gaps(store.model())["late_span"] == ("20231114T22", 2, 0.5)
        store.refresh()
        assert gaps(store.model())["late_span"] == ("20231114T22", 2, 0.5)
        assert store.expire(FIRST + 8 * DAY) == Expired(spans=1)
        assert gaps(store.model())["late_span"] == ("20231114T22", 2, 0.5)


def test_traces_without_a_time_are_kept_as_long_as_others(tmp_path: Path) -> None:
    lost = [span | {"start_ns": 0, "end_ns": 0} for span in trace(1, 0)]
    with Store(tmp_path / "s") as store:
        store.add("one", spans(lost))
        (window,) = store.windows()
        added = window.added * 10**9
        assert store.expire(added) == Expired()
        assert store.expire(added + 8 * DAY) == Expired(spans=1)


def test_what_sources_told_is_dropped_with_the_last_of_their_hours(tmp_path: Path) -> None:
    def told(store: Store, *period: int) -> list[str]:
        report = ReadReport()
        store.model(*period, report=report)
        return [read.name for read in report.inputs]

    with Store(tmp_path / "s") as store:
        for name, minutes in (("both", (0, 61)), ("second", (62,)), ("none", ())):
            report = ReadReport(inputs=[Input(name, "", "OTLP", 0)])
            store.add(name, spans(*(trace(100 + minute, minute) for minute in minutes)) if minutes else [], report)
        assert told(store) == ["both", "second", "none"]
        assert told(store, FIRST, FIRST + HOUR) == ["both"]
        store.expire(FIRST + HOUR + 365 * DAY + 1)
        assert told(store) == ["both", "second", "none"]
        store.expire(FIRST + 2 * HOUR + 365 * DAY + 1)
        assert told(store) == ["none"]


def test_what_was_dropped_is_gone_from_the_disk(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.add("one", spans(trace(1, 0)))
        store.refresh()
        full = store._catalogue.body(FIRST, "counted") or b""
        assert store.expire(FIRST + 366 * DAY) == Expired(models=1)
    assert len(full) > 500
    everything = b"".join(file.read_bytes() for file in (tmp_path / "s").rglob("*") if file.is_file())
    assert full[100:200] not in everything
