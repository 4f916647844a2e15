"""HTTP: patient, bounded, and silent about what is answered."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from auditor.errors import InputError
from auditor.telemetry.trace_stores.address import read_address
from auditor.telemetry.trace_stores.web import Patience, TooLarge, Web
from tests.support.web import Answer, Asked, Served, serving

SECRET = "s3cr3t-Quillfeather"
ENVIRONMENT = {"AUDITOR_TRACES_TOKEN": SECRET}


class Clock:
    """Counts the pauses instead of waiting for them."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)


@contextmanager
def asking(*answers: Answer, **patience: Any) -> Iterator[tuple[Web, Served, Clock]]:
    """A web whose server gives these answers one after another, the last again and again."""
    left, clock = list(answers), Clock()

    def answer(_: Asked) -> Answer:
        return left.pop(0) if len(left) > 1 else left[0]

    with serving(answer) as served:
        address = read_address(f"jaeger+http://{served.place}", ENVIRONMENT)
        web = Web(address, replace(Patience(attempts=3, sleep=clock), **patience))
        yield web, served, clock
        web.close()


def test_it_asks_with_what_it_was_given() -> None:
    with asking(Answer.packed(b'{"data": []}')) as (web, served, _):
        assert web.get("/api/x", (("q", 'a "b" & c'), ("limit", 5))) == b'{"data": []}'
        (asked,) = served.asked
    assert (asked.path, asked.query) == ("/api/x", {"q": 'a "b" & c', "limit": "5"})
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"
    assert web.received == 12


@pytest.mark.parametrize("packed", [False, True])
def test_answers_may_come_in_chunks(packed: bool) -> None:
    body = bytes(range(256)) * 1000
    answer = Answer.packed(body) if packed else Answer(body)
    with asking(replace(answer, chunked=True, part=100 if packed else 9999)) as (web, _, _):
        assert web.get("/") == body


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_store_is_asked_again(status: int) -> None:
    with asking(Answer(SECRET.encode(), status), Answer(b"good")) as (web, _, clock):
        assert web.get("/") == b"good"
    assert clock.pauses == [0.5]


def test_retry_after_is_kept_to() -> None:
    with asking(Answer(status=503, headers={"Retry-After": "7"}), Answer(b"good")) as (web, _, clock):
        assert web.get("/") == b"good"
    assert clock.pauses == [7]


@pytest.mark.parametrize(
    ("answer", "told", "times"),
    [
        (Answer(status=503, headers={"Retry-After": "7200"}), "come back in 7200 seconds", 1),
        (Answer(status=503, headers={"Retry-After": "soon"}), "status 503", 3),
        (Answer(status=429), "is too busy .HTTP status 429", 3),
        (Answer(status=401), "AUDITOR_TRACES_TOKEN", 1),
        (Answer(status=403), "does not let this user", 1),
        (Answer(status=404), "no such API", 1),
        (Answer(status=400), "does not understand", 1),
        (Answer(status=418), "HTTP status 418", 1),
        (Answer(status=302, headers={"Location": "/elsewhere"}), "sends elsewhere", 1),
        (Answer(b"x" * 1000, cut=10), "breaks off", 3),
        (Answer(b"x" * 1000, cut=10, chunked=True), "breaks off", 3),
        (Answer(b"no gzip", headers={"Content-Encoding": "gzip"}), "answer is damaged", 3),
        (Answer(b"slow", rest=2, part=1), "not answer in time", 3),
        (Answer(b"x" * 90, rest=0.05, part=1), "not answer in time", 3),
    ],
)
def test_what_goes_wrong_is_said_without_a_quote(answer: Answer, told: str, times: int) -> None:
    if answer.body:
        patience = {"silence": 0.3, "request": 0.5}
    else:
        answer, patience = replace(answer, body=SECRET.encode()), {}
    with asking(answer, **patience) as (web, served, _):
        with pytest.raises(InputError, match=told) as raised:
            web.get("/", (("service", SECRET),))
        assert len(served.asked) == times
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None


def test_an_answer_may_not_grow_without_end() -> None:
    bomb = Answer(gzip.compress(bytes(50 << 20)), headers={"Content-Encoding": "gzip"})
    with asking(bomb, answer=1 << 20) as (web, _, _), pytest.raises(TooLarge):
        web.get("/")
    assert web.received < 2 << 20


def test_who_is_not_there() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"tempo+http://127.0.0.1:{nobody.getsockname()[1]}"
        clock = Clock()
        with pytest.raises(InputError, match="cannot be reached"):
            Web(read_address(url, {}), Patience(attempts=3, sleep=clock)).get("/")
    assert clock.pauses == [0.5, 1.0]


def test_tls_where_there_is_none() -> None:
    with serving(lambda _: Answer()) as served, pytest.raises(InputError, match="does not speak TLS"):
        Web(read_address(f"tempo+https://{served.place}", {}), Patience(attempts=1)).get("/")


@pytest.mark.parametrize("peer", ["169.254.169.254", "fe80::1%eth0", "::ffff:169.254.0.1", "100.100.100.200"])
def test_forbidden_addresses_are_not_spoken_to(monkeypatch: pytest.MonkeyPatch, peer: str) -> None:
    with asking(Answer(b"secrets")) as (web, served, clock):
        # the name led elsewhere when it was connected to
        monkeypatch.setattr(socket.socket, "getpeername", lambda _: (peer, 80))
        with pytest.raises(InputError, match="never spoken to"):
            web.get("/")
        monkeypatch.undo()
    assert (served.asked, clock.pauses) == ([], [])


def test_a_name_that_leads_to_this_machine_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest: found("127.0.0.1", *rest))
    with serving(lambda _: Answer(b"secrets")) as served:
        port = served.place.partition(":")[2]
        with pytest.raises(InputError, match="never spoken to"):
            Web(read_address(f"jaeger+http://jaeger.example:{port}", {})).get("/")
        assert served.asked == []
