"""Acknowledged means on disk: killed at random moments, traced by the kernel, sent three times over."""

from __future__ import annotations

import http.client
import random
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from auditor.intake import Delivery, Intake
from auditor.intake.counters import Count
from lineage.system import SystemModel
from tests.bench.crash import HEADERS, SPANS, body_of, crash
from tests.support.models import build_model
from tests.support.otlp import protobuf, request, span
from tests.support.receiving import batches_in, spans_in, start


def test_nothing_acknowledged_is_lost_or_twice_there_after_kills(tmp_path: Path) -> None:
    report = crash(tmp_path, 10, seed=random.randrange(1 << 30))
    assert report.acknowledged > SPANS, "the clients got somewhere"
    assert (report.lost, report.twice, report.miscounted) == (0, 0, 0), str(report)
    assert max(report.start_seconds) < 5


# A call that others interrupt has two lines: `name(arguments <unfinished ...>` and `<... name resumed>) = result`.
SYSTEM_CALL = re.compile(r"^\d+ +(?:(?P<begun>\w+)\((?P<arguments>.*)|<\.\.\. (?P<resumed>\w+) resumed>.*)$")
UNFINISHED = "<unfinished ...>"


def test_every_reply_follows_the_sync_of_what_it_acknowledges(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("no strace on this machine")
    log = tmp_path / "strace"
    traced = "trace=fdatasync,fsync,pwrite64,sendto"
    under = (strace, "-f", "-y", "-s", "20", "-e", traced, "-o", str(log))
    receiver = start(tmp_path / "intake", under=under)
    connection = http.client.HTTPConnection("127.0.0.1", receiver.http, timeout=20)
    sent = 40
    for number in range(1, sent + 1):
        connection.request("POST", "/v1/traces", body_of(number), HEADERS)
        response = connection.getresponse()
        assert response.read() == b""
        assert response.status == 200
    connection.close()
    receiver.stop()
    replies, syncs, is_written = 0, 0, False
    for line in log.read_text().splitlines():
        call = SYSTEM_CALL.match(line)
        if call is None:
            continue
        if call["begun"] == "pwrite64":
            is_written = True
        elif call["begun"] == "sendto" and '"HTTP/1.1 200' in call["arguments"]:  # counts when it begins
            replies += 1
            assert not is_written, f"reply {replies} before its sync"
            assert syncs, f"reply {replies} without a sync"
            syncs = 0
        elif (call["begun"] or call["resumed"]) in ("fdatasync", "fsync") and not line.endswith(UNFINISHED):
            assert line.endswith("= 0")  # counts when it has ended
            syncs, is_written = syncs + 1, False
    assert replies == sent


def requests() -> list[bytes]:
    """Traces of a server, a client and a database span each, two spans a request, in any order."""
    spans = []
    for number in range(1, 101):
        parent = {"parentSpanId": f"{10 * number:016x}"}
        statement = {"db.system": "postgresql", "db.statement": "SELECT email FROM users WHERE id = 5"}
        spans += [
            span(10 * number, "server", "GET /users/{id}", {"http.route": "/users/{id}"}),
            span(10 * number + 1, "client", "SELECT shop", statement, **parent),
            span(10 * number + 2, "client", "GET", {"server.address": "mail.example"}, **parent),
        ]
    return [protobuf(request(*spans[index : index + 2])) for index in range(0, len(spans), 2)]


def model_in(folder: Path) -> SystemModel:
    return build_model(batches_in(folder))


def test_all_sent_three_times_shuffled_and_at_once_is_the_same_as_once(tmp_path: Path) -> None:
    bodies = requests()
    for name, sent in (("once", bodies), ("thrice", random.sample(bodies * 3, 3 * len(bodies)))):
        intake = Intake(tmp_path / name)
        intake.start()

        def send(body: bytes, to: Intake = intake) -> str:
            return to.deliver(Delivery("traces", "protobuf", "identity", body)).result(20).outcome

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(send, sent)) == {"accepted"}
        assert intake.counters().received("traces") == Count(len(sent), 3 * 100 * (3 if name == "thrice" else 1))
        assert intake.stop()
    assert sorted(spans_in(tmp_path / "once")) == sorted(spans_in(tmp_path / "thrice"))
    assert model_in(tmp_path / "once") == model_in(tmp_path / "thrice")
