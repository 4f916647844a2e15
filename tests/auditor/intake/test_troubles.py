"""What the disk does to the intake: nothing is acknowledged that is not kept, and it goes on when it can."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.errors import ConfigError
from auditor.intake import Answer, Delivery, Intake, Limits, Outcome, Reason, Refused, journal, writer
from auditor.intake.counters import Count
from auditor.intake.state import Condition, Trouble, trouble_of
from tests.support.otlp import protobuf, request, span
from tests.support.receiving import spans_in


def deliver(intake: Intake, first: int, count: int = 1) -> Answer:
    """Send spans as a door does."""
    try:
        intake.admit(2048)
        body = protobuf(request(*(span(number, "server", "GET /a") for number in range(first, first + count))))
        intake.admit(len(body))
    except Refused as refused:
        intake.count_refused("traces", refused.answer.reason)
        return refused.answer
    return intake.deliver(Delivery("traces", "protobuf", "identity", body)).result(10)


def wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not until():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_IDLE_SECONDS", 0.1)
    monkeypatch.setattr(writer, "_LONGEST_PAUSE", 0.2)
    monkeypatch.setattr(journal, "_BUSY_SECONDS", 0.1)


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    one = Intake(tmp_path / "intake")
    one.start()
    yield one
    assert one.stop()


def test_a_full_disk_refuses_and_goes_on_when_there_is_space(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    assert deliver(intake, 1).outcome is Outcome.ACCEPTED
    database = intake._writer._keeper.journal._db
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    full = f"PRAGMA max_page_count = {pages}"
    database.execute(full)
    opened = journal.Journal._open

    def still_full(self: journal.Journal) -> tuple[str, bytes]:
        found = opened(self)
        self._db.execute(full)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(journal.Journal, "_open", still_full)
        answers = [deliver(intake, 10 * number, 9) for number in range(1, 9)]
        assert Outcome.REFUSED in {answer.outcome for answer in answers}
        refused = next(answer for answer in answers if answer.outcome is Outcome.REFUSED)
        assert (refused.reason, refused.retry_seconds) == (Reason.STORE, 1)
    wait(lambda: intake.state().condition is Condition.READY)
    assert all(deliver(intake, 10 * number, 9).outcome is Outcome.ACCEPTED for number in range(1, 9))
    assert len(set(spans_in(intake.folder))) == len(spans_in(intake.folder)) == 1 + 8 * 9


@pytest.mark.parametrize("limits", [Limits(free_bytes=1 << 60), Limits(journal_bytes=0)])
def test_space_that_is_to_be_left_free_is_left_free(tmp_path: Path, limits: Limits) -> None:
    intake = Intake(tmp_path, limits)
    intake.start()
    assert intake.state().condition is Condition.FULL
    assert deliver(intake, 1).reason is Reason.STORE
    assert intake.stop()
    assert spans_in(tmp_path) == []


def test_what_the_store_took_over_makes_space_again(tmp_path: Path) -> None:
    intake = Intake(tmp_path, Limits(journal_bytes=100_000))
    intake.start()
    number = 0
    while deliver(intake, number * 200 + 1, 200).outcome is Outcome.ACCEPTED:
        number += 1
        assert number < 200
    assert intake.state().condition is Condition.FULL
    intake.release(max(entry.id for entry in journal.read_entries(tmp_path)))
    wait(lambda: intake.state().condition is Condition.READY)
    assert list(journal.read_entries(tmp_path)) == []
    assert deliver(intake, 1, 200).outcome is Outcome.ACCEPTED, "sent again, what was released is still known"
    assert list(journal.read_entries(tmp_path)) == []
    assert intake.stop()


def test_another_process_on_the_journal_refuses(intake: Intake) -> None:
    other = sqlite3.connect(intake.folder / journal.FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert deliver(intake, 1).reason is Reason.STORE
    assert intake.state().condition is Condition.LOCKED
    assert deliver(intake, 2).reason is Reason.STORE
    other.execute("ROLLBACK")
    other.close()
    wait(lambda: intake.state().condition is Condition.READY)
    assert deliver(intake, 1).outcome is Outcome.ACCEPTED


def test_a_damaged_journal_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / journal.FILE).write_bytes(b"no database, but somebody's bytes" * 100)
    before = (tmp_path / journal.FILE).read_bytes()
    intake = Intake(tmp_path)
    intake.start()
    assert intake.state().condition is Condition.DAMAGED
    assert "move its folder away" in intake.state().what
    assert deliver(intake, 1).reason is Reason.STORE
    assert intake.stop()
    assert (tmp_path / journal.FILE).read_bytes() == before


def test_any_failure_of_the_disk_is_a_refusal(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(journal.Journal, "commit", fail)
        assert deliver(intake, 1, 5).reason is Reason.STORE
        assert intake.state().condition is Condition.FAILING
        assert "SQLITE_IOERR_FSYNC" in intake.state().what
    wait(lambda: intake.state().condition is Condition.READY)
    assert deliver(intake, 1, 5).outcome is Outcome.ACCEPTED
    assert intake.counters().of("traces", Outcome.REFUSED) == Count(1, 5)
    assert len(spans_in(intake.folder)) == 5


class Panic(BaseException):
    """What a library in Rust raises when it gives up."""


@pytest.mark.parametrize("error", [RuntimeError, MemoryError, Panic])
def test_what_we_fail_on_costs_itself(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    real = writer.read_group

    def fail(group: list[writer.Opened], *rest: object) -> object:
        if any(b"GET /bad" in one.body for one in group):
            raise error("GET /bad")
        return real(group, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(writer, "read_group", fail)
    bodies = [protobuf(request(span(number, "server", name))) for number, name in [(1, "a"), (2, "GET /bad"), (3, "b")]]
    futures = [intake.deliver(Delivery("traces", "protobuf", "identity", body)) for body in bodies]
    assert [future.result(5).reason for future in futures] == [Reason.NONE, Reason.FAILED, Reason.NONE]
    assert len(spans_in(intake.folder)) == 2


def test_too_much_at_once_is_refused(tmp_path: Path) -> None:
    intake = Intake(tmp_path, Limits(waiting_bytes=10_000))
    intake.start()
    intake.admit(9_000)
    assert deliver(intake, 1).reason is Reason.OVERLOAD
    intake.room.give_back(9_000)
    assert deliver(intake, 1).outcome is Outcome.ACCEPTED
    assert intake.room.taken == 0
    assert intake.stop()
    assert deliver(intake, 2).reason is Reason.STOPPING


def test_what_waits_is_finished_at_a_stop(tmp_path: Path) -> None:
    intake = Intake(tmp_path)
    intake.start()
    bodies = [protobuf(request(span(number, "server", "a"))) for number in range(1, 101)]
    futures = [intake.deliver(Delivery("traces", "protobuf", "identity", body)) for body in bodies]
    assert intake.stop()
    assert {future.result(0).outcome for future in futures} == {Outcome.ACCEPTED}
    assert len(spans_in(tmp_path)) == 100
    after = intake.deliver(Delivery("traces", "protobuf", "identity", bodies[0])).result(0)
    assert after.reason is Reason.STOPPING


def test_one_folder_one_intake(intake: Intake) -> None:
    with pytest.raises(ConfigError, match="another auditor receives into this folder"):
        Intake(intake.folder).start()


def test_a_newer_journal_is_left_alone(tmp_path: Path) -> None:
    intake = Intake(tmp_path)
    intake.start()
    assert intake.stop()
    with sqlite3.connect(tmp_path / journal.FILE) as database:
        database.execute("UPDATE meta SET version = 99")
    database.close()
    newer = Intake(tmp_path)
    with pytest.raises(ConfigError, match="newer auditor"):
        newer.start()


def test_the_folder_is_for_its_owner_only(intake: Intake) -> None:
    assert intake.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o077 for file in intake.folder.iterdir()} == {0}


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), PermissionError(13, "Permission denied")])
def test_errors_of_the_system_are_troubles_too(error: OSError) -> None:
    trouble = trouble_of(error)
    assert isinstance(trouble, Trouble)
    assert trouble.condition is Condition.FAILING
