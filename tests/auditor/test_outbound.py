"""Requests to where the operator said, and to nowhere else."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest

from auditor import outbound
from auditor.outbound import OutboundError, send, wrong_address


@contextmanager
def listening(serve: Callable[[socket.socket], object]) -> Iterator[str]:
    """A server on loopback that gives one connection to `serve`; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def run() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                connection.recv(65536)
                try:
                    serve(connection)
                except OSError:
                    return

        thread = Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/a?b=c"
        thread.join(5)


def answering(data: bytes) -> Any:
    return listening(lambda connection: connection.sendall(data))


def test_an_answer_of_any_status_is_an_answer() -> None:
    with answering(b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno") as url:
        answer = send(url)
    assert (answer.status, answer.body) == (503, b"no")


def test_redirects_are_not_followed() -> None:
    with answering(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n") as url:
        assert send(url).status == 302


def test_the_answer_is_bounded() -> None:
    with (
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 9999) as url,
        pytest.raises(OutboundError, match="larger"),
    ):
        send(url, max_bytes=100)


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        connection.sendall(b"X: y\r\n")
        time.sleep(0.1)


def test_a_server_that_drips_is_cut_off() -> None:
    began = time.monotonic()
    with listening(drip) as url:
        with pytest.raises(OutboundError):
            send(url, seconds=0.5)
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx", b"HTTP/1.1 canary\r\n\r\n"]
)
def test_what_is_no_http_is_an_error_without_its_content(data: bytes) -> None:
    with answering(data) as url, pytest.raises(OutboundError) as caught:
        send(url)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "127.0.0.1",
        "::1",
    ],
)
def test_a_name_that_leads_to_such_an_address_is_not_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def resolve(*_: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443)),
            (family, socket.SOCK_STREAM, 6, "", (address, 443)),
        ]

    def connect(*_: Any) -> Any:
        raise AssertionError("called")

    monkeypatch.setattr(outbound.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outbound.socket, "create_connection", connect)
    with pytest.raises(OutboundError, match="not to be reached"):
        send("https://hook.example/")


def test_the_address_that_was_checked_is_the_one_called(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []

    def connect(address: Any, *_: Any) -> Any:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_: [(2, 1, 6, "", ("10.1.2.3", 443))])
    monkeypatch.setattr(outbound.socket, "create_connection", connect)
    with pytest.raises(OutboundError, match="ConnectionRefusedError"):
        send("https://hook.example/")
    assert called == [("10.1.2.3", 443)]


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://hook.example/a", True),
        ("https://hook.example:8443", True),
        ("http://127.0.0.1:9/", True),
        ("http://localhost/", True),
        ("http://[::1]/", True),
        ("http://hook.example/", False),
        ("ftp://hook.example/", False),
        ("file:///etc/passwd", False),
        ("https://ana:secret@hook.example/", False),
        ("https://", False),
        ("https://hook.example:99999/", False),
        ("https://hook.example:0/", False),
        ("https://[::1/", False),
        ("hook", False),
        ("", False),
    ],
)
def test_which_addresses_may_be_configured(url: str, good: bool) -> None:
    assert (wrong_address(url) is None) is good
