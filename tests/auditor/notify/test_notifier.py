"""Each new exposure is raised once and delivered until it is taken, over restarts, failures and kills."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.examples import EXAMPLE
from auditor.access.secret import Secret
from auditor.errors import ConfigError
from auditor.notify.notifier import FILE, FIRST_WAIT, LONGEST_WAIT, MOST, Notifier, Target
from auditor.operation.settings import Webhook
from auditor.outbound import Answer, OutboundError
from lineage.audit import Audit
from lineage.model import ExposureState, Party

TARGET = Target(Webhook("https://hook.example/", attempts=3), Secret("k" * 32))


def audit(*ids: str, state: ExposureState = "new") -> Audit:
    (one,) = EXAMPLE.exposures
    return replace(EXAMPLE, exposures=tuple(replace(one, id=id, state=state) for id in ids))


class Receiver:
    """Answers with the statuses given, the last one for ever; 0 stands for no answer."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.sent = list(statuses), list[tuple[str, list[str]]]()

    def __call__(self, url: str, method: str, body: bytes, headers: dict[str, str], **_: Any) -> Answer:
        self.sent.append((headers["webhook-id"], [one["id"] for one in json.loads(body)["exposures"]]))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            raise OutboundError("no answer")
        return Answer(status, b"")


def samples(notifier: Notifier) -> dict[tuple[str, Sequence[str]], float]:
    return {(s.family.removeprefix("auditor_"), s.labels): s.value for s in notifier.samples()}


def test_each_is_raised_once_also_after_a_restart(tmp_path: Path) -> None:
    notifier = Notifier(tmp_path)
    assert [news.id for news in notifier.raise_new(audit("a", "b"))] == ["a", "b"]
    assert notifier.raise_new(audit("b", "a")) == ()
    notifier.close()
    notifier = Notifier(tmp_path)
    assert [news.id for news in notifier.raise_new(audit("a", "c"))] == ["c"]
    assert notifier.raise_new(audit("a", state="violation")) == ()
    assert [news.id for news in notifier.latest()] == ["c", "b", "a"]
    assert samples(notifier)["exposures_raised_total", ("new",)] == 3
    notifier.close()


@pytest.mark.parametrize(("state", "raised"), [("new", 1), ("violation", 1), ("approved", 0), ("waived", 0)])
def test_only_what_nobody_decided_on_is_raised(tmp_path: Path, state: ExposureState, raised: int) -> None:
    notifier = Notifier(tmp_path)
    assert len(notifier.raise_new(audit("a", state=state))) == raised
    notifier.close()


def test_news_go_out_in_batches_and_once(tmp_path: Path) -> None:
    receiver = Receiver(204)
    notifier = Notifier(tmp_path, TARGET, receiver)
    notifier.raise_new(audit(*(f"e{n}" for n in range(MOST + 5))))
    assert samples(notifier)["notifications_pending", ()] == MOST + 5
    assert [notifier.deliver_due(0) for _ in range(3)] == [True, True, False]
    assert [len(ids) for _, ids in receiver.sent] == [MOST, 5]
    assert len({id for id, _ in receiver.sent}) == 2
    assert samples(notifier)["notifications_pending", ()] == 0
    notifier.close()


def test_a_batch_is_sent_again_unchanged_later_and_later(tmp_path: Path) -> None:
    receiver = Receiver(0, 503, 200)
    notifier = Notifier(tmp_path, TARGET, receiver)
    notifier.raise_new(audit("a"))
    assert notifier.deliver_due(1000) is False
    notifier.raise_new(audit("b"))  # waits for its own batch
    notifier.close()
    notifier = Notifier(tmp_path, TARGET, receiver)  # the wait outlives a restart
    assert notifier.deliver_due(1000 + FIRST_WAIT - 1) is False
    assert notifier.deliver_due(1000 + FIRST_WAIT) is False
    assert notifier.deliver_due(1000 + 3 * FIRST_WAIT) is True
    assert notifier.deliver_due(1000 + 3 * FIRST_WAIT) is True
    assert receiver.sent == [("news-1-1", ["a"])] * 3 + [("news-2-2", ["b"])]
    found = samples(notifier)
    assert (found["notifications_total", ("failed",)], found["notifications_total", ("delivered",)]) == (2, 2)
    notifier.close()


def test_what_is_never_taken_is_given_up_and_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver(400, 400, 400, 200)
    notifier = Notifier(tmp_path, TARGET, receiver)
    notifier.raise_new(audit("a"))
    notifier.raise_new(audit("b"))
    for hour in range(3):
        notifier.deliver_due(hour * LONGEST_WAIT)
    assert samples(notifier)["notifications_total", ("given_up",)] == 1
    assert "webhook given up" in caplog.text
    assert notifier.latest()[-1].id == "a"  # still in the feeds
    notifier.close()


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    (one,) = EXAMPLE.exposures
    notifier = Notifier(tmp_path)
    hostile = replace(one, sink=Party("outsider", "a\x00\x1b[2J\u202e\ud800'); DROP TABLE news;--"))
    (news,) = notifier.raise_new(replace(EXAMPLE, exposures=(hostile,)))
    assert news.sink.isprintable()
    assert notifier.latest() == (news,)
    notifier.close()


def test_a_full_disk_raises_nothing_and_loses_nothing(tmp_path: Path) -> None:
    notifier = Notifier(tmp_path)
    base = notifier._store._base
    (pages,) = base.execute("PRAGMA page_count").fetchone()
    base.execute(f"PRAGMA max_page_count = {pages}")
    many = audit(*(f"e{n}" for n in range(500)))
    with pytest.raises(sqlite3.OperationalError, match="full"):
        notifier.raise_new(many)
    assert notifier.latest() == ()
    base.execute("PRAGMA max_page_count = 100000")
    assert len(notifier.raise_new(many)) == 500
    notifier.close()


def test_the_store_is_private_and_refuses_what_it_cannot_trust(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    Notifier(folder).close()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    base = sqlite3.connect(folder / FILE)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(ConfigError, match="later version"):
        Notifier(folder)
    (folder / FILE).write_bytes(b"canary" * 1000)
    with pytest.raises(ConfigError, match="cannot be used") as caught:
        Notifier(folder)
    assert "canary" not in str(caught.value)


KILLED = """
import sys
from pathlib import Path
from dataclasses import replace
from api.examples import EXAMPLE
from auditor.notify.notifier import Notifier
notifier = Notifier(Path(sys.argv[1]))
(one,) = EXAMPLE.exposures
for number in range(10**6):
    for news in notifier.raise_new(replace(EXAMPLE, exposures=(replace(one, id=f"e{number}"),))):
        print(news.id, flush=True)
"""


def test_what_was_told_before_a_kill_is_not_told_again(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    env = os.environ | {"PYTHONPATH": os.getcwd()}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.read().split()
    notifier = Notifier(tmp_path)
    assert notifier.raise_new(audit(*told)) == ()
    notifier.close()
