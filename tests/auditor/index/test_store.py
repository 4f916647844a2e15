"""What was added is there, once, whole, and adds up to what counting it all at once gives."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.engine.local import count_spans
from auditor.errors import AuditorError, InputError
from auditor.index.hours import UNDATED
from auditor.index.models import unpack
from auditor.index.segments import read_segment
from auditor.index.store import Store, StoreReader
from lineage.system import SystemModel
from tests.support.hours import FIRST, HOUR, spans, trace
from tests.support.spans import batch, server, span


def publish(service: str, span_id: str, parent: str, channel: str, **values: Any) -> dict[str, Any]:
    return span(service, span_id, parent, kind="producer", channel=channel, messaging_system="kafka", **values)


def consume(service: str, span_id: str, channel: str, message: str, link_trace: str, **values: Any) -> dict[str, Any]:
    links = [{"trace_id": link_trace, "span_id": message}]
    return span(service, span_id, kind="consumer", channel=channel, messaging_system="kafka", links=links, **values)


def test_hours_add_up_to_the_whole(tmp_path: Path) -> None:
    whole = spans(*(trace(n, 7 * n) for n in range(12)))
    with Store(tmp_path / "s") as store:
        assert store.add("one", whole)
        counted = count_spans(whole)
        assert store.model() == counted
        assert store.refresh() == 2
        assert store.refresh() == 0
        assert store.model() == counted
        assert sum(store.model(w.start, w.start + HOUR).traces for w in store.windows()) == 12


def test_the_same_key_adds_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        assert store.add("one", spans(trace(1, 0)))
        assert not store.add("one", spans(trace(2, 0)))
        assert store.model().traces == 1
    with Store(tmp_path / "s") as store:
        assert not store.add("one", spans(trace(2, 0)))


def test_a_trace_stays_whole_whatever_its_parts_came_with(tmp_path: Path) -> None:
    crossing = trace(1, 59.97)  # ends in the next hour
    with Store(tmp_path / "s") as store:
        for number, span in enumerate(crossing):
            store.add(str(number), batch(span))
        assert [window.spans for window in store.windows()] == [4]
        assert store.model() == count_spans(batch(*crossing))


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1)])
def test_links_between_hours_count_whichever_end_comes_first(tmp_path: Path, order: tuple[int, ...]) -> None:
    late = 61 * 60.0
    parts = [
        [server("web", "a", "POST /", trace_id="1" * 32), publish("web", "b", "a", "orders", trace_id="1" * 32)],
        [consume("jobs", "c", "orders.all", "b", link_trace="1" * 32, trace_id="2" * 32, at=late)],
        [server("web", "d", "GET /", trace_id="3" * 32, at=late)],
    ]
    with Store(tmp_path / "s") as store:
        for number in order:
            store.add(str(number), batch(*parts[number]))
            store.refresh()
        assert len(store.windows()) == 2
        assert store.model() == count_spans(batch(*(span for part in parts for span in part)))
        assert [(link.published, link.count) for link in store.model().channel_links] == [("orders", 1)]
        before = store.model()
        store.compact(most=0)
        store.expire(FIRST + 30 * 24 * HOUR)
        assert store.model() == before


def test_a_reader_sees_what_was_added_since_it_opened(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store, StoreReader(tmp_path / "s") as reader:
        assert reader.model().spans == 0
        store.add("one", spans(trace(1, 0)))
        assert reader.model().spans == 4
        with pytest.raises(AuditorError, match="another process"):
            Store(tmp_path / "s")


def test_a_part_of_an_hour_is_counted_from_its_spans(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.add("one", spans(*(trace(n, 7 * n) for n in range(12))))
        store.refresh()
        middle = FIRST + 8 * HOUR // 60
        assert store.model(FIRST, middle).traces == 2
        assert store.model(middle, None).traces == 10
        assert store.model(middle, middle).traces == 0


def test_spans_without_a_time_have_a_window_of_their_own(tmp_path: Path) -> None:
    lost = [span | {"start_ns": 0, "end_ns": 0} for span in trace(1, 0)]
    with Store(tmp_path / "s") as store:
        store.add("one", spans(lost, trace(2, 0)))
        assert [window.start for window in store.windows()] == [UNDATED, FIRST]
        assert store.model().traces == 2
        assert store.model(0, FIRST + HOUR).traces == 1


def test_what_is_raised_while_adding_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> object:
        yield from spans(trace(1, 0))
        raise InputError("traces.json: line 7")

    with Store(tmp_path / "s") as store:
        with pytest.raises(InputError, match="line 7"):
            store.add("one", broken())  # type: ignore[arg-type]
        assert store.model().spans == 0
        assert not list((tmp_path / "s").rglob("*.parquet"))
        assert store.add("one", spans(trace(1, 0)))


def test_batches_without_their_rows_are_refused(tmp_path: Path) -> None:
    (whole,) = spans(trace(1, 0))
    with Store(tmp_path / "s") as store:
        for lacking in (whole.rows.slice(0, 0), whole.rows.slice(0, 2), whole.rows.slice(1)):
            with pytest.raises(ValueError, match="rows of spans are missing"):
                store.add("one", [replace(whole, rows=lacking)])
        assert store.add("one", [whole])


def test_only_its_owner_may_look_into_a_store(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.add("one", spans(trace(1, 0)))
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700


def test_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no index"):
        StoreReader(tmp_path)


def test_days_are_told_from_their_sums_while_these_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [trace(n, 60.0 * hour) for n, hour in enumerate((0, 1, 26, 27, 50))]  # of three days
    unpacked: list[bytes] = []

    def seen(body: bytes) -> SystemModel:
        unpacked.append(body)
        return unpack(body)

    monkeypatch.setattr("auditor.index.hourly.unpack", seen)
    with Store(tmp_path / "s") as store:
        store.add("one", spans(*parts))
        store.refresh()
        whole = count_spans(spans(*parts))
        unpacked.clear()
        assert (store.model(), len(unpacked)) == (whole, 1)  # the last day's hour
        assert (store.model(FIRST + HOUR).traces, len(unpacked)) == (4, 3)
        store.add("two", spans(trace(9, 30)))
        unpacked.clear()
        assert (store.model(), len(unpacked)) == (count_spans(spans(*parts, trace(9, 30))), 2)
        store.refresh()
        unpacked.clear()
        assert (store.model().traces, len(unpacked)) == (6, 1)


def test_a_reader_goes_on_while_files_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(tmp_path / "s") as store, StoreReader(tmp_path / "s") as reader:
        store.add("one", spans(trace(1, 0)))
        store.add("two", spans(trace(1, 0)))
        joined: list[int] = []

        def late(*wanted: Any) -> Iterator[Any]:
            if not joined:
                joined.append(store.compact(most=1))
            return read_segment(*wanted)

        monkeypatch.setattr("auditor.index.counting.read_segment", late)
        assert reader.model() == count_spans([*spans(trace(1, 0)), *spans(trace(1, 0))])
        assert joined == [2]


def test_a_full_disk_is_told_and_costs_nothing_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Store(tmp_path / "s") as store:
        store.add("one", spans(trace(1, 0)))
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(AuditorError, match="No space left on device"):
                store.add("two", spans(trace(2, 0)))
        assert store.model().traces == 1
        assert not list((tmp_path / "s").rglob("*.unfinished"))
        assert len(list((tmp_path / "s").rglob("*.parquet"))) == sum(window.files for window in store.windows())
        assert store.add("two", spans(trace(2, 0)))
        assert store.model().traces == 2


def test_absurd_times_make_no_folder_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.index.placing._MOST_WINDOWS", 2)
    with Store(tmp_path / "s") as store:
        store.add("one", spans(*(trace(n, 60.0 * (n // 2)) for n in range(5)), trace(9, 7e7)))
        assert [window.start for window in store.windows()] == [UNDATED, FIRST, FIRST + HOUR]
        assert store.model().traces == 6
