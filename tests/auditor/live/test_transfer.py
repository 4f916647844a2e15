"""From the journal to the index: killed anywhere in between, nothing is lost and nothing there twice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from auditor.engine.local import count_spans
from auditor.index.store import Store
from auditor.intake import Delivery, Intake
from auditor.intake.flows import KeptFlow, packed
from auditor.live.flowbook import FlowBook
from auditor.live.transfer import Transfer
from lineage.dark import Connection
from lineage.system import SystemModel
from tests.support.otlp import protobuf, request, span
from tests.support.receiving import batches_in

Break = Callable[[Store, FlowBook], None]


class Killed(BaseException):
    """Stands for the end of the process."""


def receive(folder: Path, first: int, count: int) -> None:
    """Acknowledge so many requests of one trace each."""
    intake = Intake(folder)
    intake.start()
    for number in range(first, first + count):
        one = request(span(number, "server", "GET /a", traceId=f"{number:032x}", startTimeUnixNano=str(time.time_ns())))
        assert (
            intake.deliver(Delivery("traces", "protobuf", "identity", protobuf(one))).result(20).outcome == "accepted"
        )
    assert intake.stop()


def insert(folder: Path, *bodies: bytes) -> None:
    """Put flows into a journal."""
    with closing(sqlite3.connect(folder / "journal.sqlite")) as journal, journal:
        query = "INSERT INTO entry (received, content, items, body) VALUES (100, 'flows', 1, ?)"
        journal.executemany(query, [(body,) for body in bodies])


def moved(folder: Path, broken: Break | None = None) -> SystemModel:
    """Move everything, perhaps until a break; what the index holds then."""
    with Store(folder / "store") as store, closing(FlowBook(folder / "journal")) as book:
        if broken:
            broken(store, book)
        transfer = Transfer(folder / "journal", store, book)
        with suppress(Killed):
            transfer.find()
            while transfer.move():
                pass
        return store.model()


def killed_after(call: Callable[..., Any]) -> Callable[..., Any]:
    def called(*arguments: Any, **named: Any) -> None:
        call(*arguments, **named)
        raise Killed

    return called


def killed_before(_: Callable[..., Any]) -> Callable[..., Any]:
    def called(*_: Any, **__: Any) -> None:
        raise Killed

    return called


@pytest.mark.parametrize("moment", [killed_before, killed_after])
@pytest.mark.parametrize("victim", ["book", "store"])
def test_killed_around_each_step_of_a_move(tmp_path: Path, victim: str, moment: Any) -> None:
    journal = tmp_path / "journal"
    receive(journal, 1, 5)
    whole = count_spans(batches_in(journal))

    def broken(store: Store, book: FlowBook) -> None:
        one: Any = store if victim == "store" else book
        one.add = moment(one.add)

    assert moved(tmp_path, broken).spans in (0, 5)
    assert moved(tmp_path) == whole
    receive(journal, 6, 3)
    assert moved(tmp_path, broken).spans in (5, 8)
    assert (moved(tmp_path).spans, moved(tmp_path).duplicates) == (8, 0)


def test_how_far_it_came_is_kept_once_however_often_it_moves(tmp_path: Path) -> None:
    for turn in range(4):
        receive(tmp_path / "journal", 10 * turn + 1, 2)
        moved(tmp_path)
    with closing(sqlite3.connect(tmp_path / "store" / "catalogue.sqlite")) as catalogue:
        assert catalogue.execute("SELECT count(*) FROM source").fetchone() == (1,)
    assert moved(tmp_path).spans == 8


def test_a_damaged_entry_costs_itself(tmp_path: Path) -> None:
    receive(tmp_path / "journal", 1, 3)
    with closing(sqlite3.connect(tmp_path / "journal" / "journal.sqlite")) as journal, journal:
        journal.execute("UPDATE entry SET body = x'00' WHERE id = 2")
    assert moved(tmp_path).spans == 2


def flow(series: int, amount: int, is_cumulative: bool) -> bytes:
    return packed([KeptFlow(1, series, is_cumulative, Connection("network", ("a",), ("b",), amount))])


def test_flows_add_up_and_cumulative_ones_say_how_much_in_all(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    receive(journal, 1, 1)
    insert(journal, flow(1, 10, True), flow(1, 30, True), flow(2, 5, True), flow(3, 7, False), flow(3, 7, False))
    moved(tmp_path)
    insert(journal, flow(1, 40, True), flow(3, 1, False))
    moved(tmp_path, lambda store, _: setattr(store, "add", killed_before(store.add)))
    moved(tmp_path)
    with closing(FlowBook(journal)) as book:
        assert [connection.amount for connection in book.connections()] == [40 + 5 + 7 + 7 + 1]
        book.expire(101)
        assert book.connections() == ()
