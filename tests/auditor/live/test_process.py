"""The process that audits: it serves its parent, is started again when it dies, and does not outlive it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.errors import AuditorError
from auditor.frames import packed, received
from auditor.intake.messages import Delivery
from auditor.intake.room import PER_REQUEST
from auditor.live.messages import Failed, Started, Task
from auditor.live.pace import Pace
from auditor.live.service import Live
from auditor.live.standards import Files
from auditor.material import Sources
from auditor.operation.receiving import Receiving
from tests.support.otlp import protobuf, request, span

QUICK = Receiving(pace=Pace(look=0.1, quiet=0.1, move=0.2, count=0.5, standards=0.1))
MAIL = {"db.system": "postgresql", "db.statement": "SELECT email FROM users WHERE id = 5"}


def files(folder: Path) -> Files:
    return Files(Sources(()), str(folder / "auditor.toml"), str(folder / "flows.lock.json"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "auditor.toml").write_text("")
    return tmp_path


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.05)


def send(live: Live, number: int) -> None:
    now = time.time_ns()
    times = {"startTimeUnixNano": str(now - 1000), "endTimeUnixNano": str(now)}
    body = protobuf(request(span(number, "client", "SELECT", MAIL, **times)))
    live.intake.admit(len(body) + PER_REQUEST)
    live.intake.deliver(Delivery("traces", "protobuf", "identity", body)).result(30)


def spans(live: Live) -> int:
    return live.audits.current().scope.spans


def test_what_is_received_is_audited_and_released(folder: Path) -> None:
    entered: list[str] = []

    @contextmanager
    def around() -> Iterator[None]:
        entered.append("in")
        yield
        entered.append("out")

    with Live(folder / "store", files(folder), QUICK) as live:
        live.process.around = around
        send(live, 1)
        until(lambda: spans(live) == 1)
        until(lambda: live.process.audits >= 1 and live.process.status.lag == 0)
        assert entered[:2] == ["in", "out"]
        until(lambda: live.intake._writer.released)
        assert live.process.between(None, None).scope.spans == 1
        assert live.process.between(10**18, 10**18 + 1).scope.spans == 0
    assert spans(live) == 1


def test_one_that_dies_is_started_again_and_nothing_is_lost(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Live(folder / "store", files(folder), QUICK) as live:
        send(live, 1)
        until(lambda: spans(live) == 1)
        made = live.process.audits
        assert live.process._process is not None
        os.kill(live.process._process.pid, signal.SIGKILL)
        until(lambda: live.checks()["audits"]())
        send(live, 2)
        until(lambda: live.checks()["audits"]() is None)
        until(lambda: spans(live) == 2)
        assert live.process.audits > made
    assert "audits are behind" in caplog.text


def test_windows_that_are_waited_for_are_given_up_when_it_dies(folder: Path) -> None:
    with Live(folder / "store", files(folder), QUICK) as live:
        assert live.process._process is not None
        os.kill(live.process._process.pid, signal.SIGKILL)
        with pytest.raises(AuditorError, match="ask again"):
            live.process.between(None, None)
        until(lambda: live.checks()["audits"]() is None)


def test_what_is_wrong_with_the_settings_is_told_at_the_start(folder: Path) -> None:
    (folder / "auditor.toml").write_text("[nonsense]\n")
    with pytest.raises(AuditorError, match="nonsense"), Live(folder / "store", files(folder), QUICK):
        pass


def test_settings_that_go_wrong_later_are_told_and_those_before_stay_in_force(folder: Path) -> None:
    with Live(folder / "store", files(folder), QUICK) as live:
        (folder / "auditor.toml").write_text("[nonsense]\n")
        until(lambda: "stays in force" in (live.checks()["audits"]() or ""))
        (folder / "auditor.toml").write_text("")
        until(lambda: live.checks()["audits"]() is None)


def test_it_does_not_outlive_its_parent_and_leaves_signals_to_it(folder: Path) -> None:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "auditor.live.child"]
    child = subprocess.Popen(command, stdin=theirs.fileno(), cwd=Path(__file__).parents[3])
    theirs.close()
    (folder / "store" / "intake").mkdir(parents=True)
    with contextlib.closing(ours):
        ours.sendall(packed(Task(folder / "store", folder / "store" / "intake", files(folder), QUICK)))
        first = received(ours)
        assert isinstance(first, Started), first.why if isinstance(first, Failed) else first
        child.send_signal(signal.SIGTERM)
        child.send_signal(signal.SIGINT)
        time.sleep(0.2)
        assert child.poll() is None
    assert child.wait(20) == 1
