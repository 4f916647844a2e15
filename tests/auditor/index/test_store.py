"""What was added is there, once, whole, and adds up to what counting it all at once gives."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from auditor.engine.local import count_spans
from auditor.errors import AuditorError, InputError
from auditor.index.hours import HOUR, UNDATED
from auditor.index.store import Store, StoreReader
from tests.support.spans import START, batch, client, query, server

HALF_PAST = START - START % HOUR + HOUR // 2
MINUTES = 60.0


def trace(number: int, minute: float) -> list[dict[str, object]]:
    """A request that begins so many minutes after the half hour, calls a service and runs a statement."""
    at = (HALF_PAST - START) / 1e9 + minute * MINUTES
    return [
        span | {"trace_id": f"{number:032x}"}
        for span in (
            server("web", "a", "GET /", at=at),
            client("web", "b", "a", at=at + 1),
            server("users", "c", "GET /users/{id}", "b", at=at + 2),
            query("users", "d", "c", "SELECT email FROM users", at=at + 3),
        )
    ]


def spans(*traces: list[dict[str, object]]) -> list[pa.RecordBatch]:
    return batch(*(span for one in traces for span in one))


def test_hours_add_up_to_the_whole(tmp_path: Path) -> None:
    whole = spans(*(trace(n, 7 * n) for n in range(40)))
    with Store(tmp_path / "s") as store:
        assert store.add("one", whole)
        assert store.model() == count_spans(whole)
        assert store.refresh() == 6
        assert store.refresh() == 0
        assert store.model() == count_spans(whole)
        assert sum(store.model(w.start, w.start + HOUR).traces for w in store.windows()) == 40


def test_the_same_key_adds_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        assert store.add("one", spans(trace(1, 0)))
        assert not store.add("one", spans(trace(2, 0)))
        assert store.model().traces == 1
    with Store(tmp_path / "s") as store:
        assert not store.add("one", spans(trace(2, 0)))


def test_a_trace_stays_whole_whatever_its_parts_came_with(tmp_path: Path) -> None:
    crossing = trace(1, 29.97)  # ends in the next hour
    with Store(tmp_path / "s") as store:
        for number, span in enumerate(crossing):
            store.add(str(number), batch(span))
            store.refresh()
        assert [window.spans for window in store.windows()] == [4]
        assert store.model() == count_spans(batch(*crossing))


def test_a_reader_sees_what_was_added_since_it_opened(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store, StoreReader(tmp_path / "s") as reader:
        assert reader.model().spans == 0
        store.add("one", spans(trace(1, 0)))
        assert reader.model().spans == 4
        with pytest.raises(AuditorError, match="another process"):
            Store(tmp_path / "s")


def test_a_part_of_an_hour_is_counted_from_its_spans(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.add("one", spans(*(trace(n, 7 * n) for n in range(40))))
        store.refresh()
        begin, middle = HALF_PAST - HALF_PAST % HOUR, HALF_PAST + 8 * HOUR // 60
        assert store.model(begin, middle).traces == 2
        assert store.model(middle, None).traces == 38
        assert store.model(middle, middle).traces == 0


def test_spans_without_a_time_have_a_window_of_their_own(tmp_path: Path) -> None:
    lost = [span | {"start_ns": 0, "end_ns": 0} for span in trace(1, 0)]
    with Store(tmp_path / "s") as store:
        store.add("one", spans(lost, trace(2, 0)))
        assert [window.start for window in store.windows()] == [UNDATED, HALF_PAST - HALF_PAST % HOUR]
        assert store.model().traces == 2
        assert store.model(0, HALF_PAST + HOUR).traces == 1


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


def test_only_its_owner_may_look_into_a_store(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.add("one", spans(trace(1, 0)))
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700


def test_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no index"):
        StoreReader(tmp_path)
