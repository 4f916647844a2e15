"""Clients that hang, crawl and leave: each costs a bounded time and gives its room back."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.otlp import protobuf, request, span
from tests.support.receiving import running

BODY = protobuf(request(span(1, "server", "GET /a")))
HEAD = (
    b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: %d\r\n\r\n"
)


def talk(port: int, what: Callable[[socket.socket], None]) -> bytes:
    """All that the server answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        what(client)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := client.recv(65536)):
            answer += part
        return answer


def test_slow_and_broken_clients(tmp_path: Path) -> None:
    room = 3 * 2048 + 2 * 10 - 1  # for two that hang after 10 bytes, and not for a third
    with running(tmp_path, "body_seconds=0.6", f"waiting_bytes={room}") as receiver:

        def whole(client: socket.socket) -> None:
            client.sendall(HEAD % len(BODY) + BODY)

        def hang(client: socket.socket) -> None:
            client.sendall(HEAD % len(BODY) + BODY[:10])

        def crawl(client: socket.socket) -> None:
            client.sendall(HEAD % len(BODY))
            for byte in BODY:
                client.sendall(bytes([byte]))
                time.sleep(0.02)
                if byte == BODY[25]:
                    break

        def overstate(client: socket.socket) -> None:
            client.sendall(HEAD % (len(BODY) + 5) + BODY)

        def leave(client: socket.socket) -> None:
            client.sendall(HEAD % len(BODY) + BODY[:10])
            client.shutdown(socket.SHUT_RDWR)

        assert talk(receiver.http, hang).startswith(b"HTTP/1.1 408")
        assert talk(receiver.http, overstate).startswith(b"HTTP/1.1 408")
        assert talk(receiver.http, crawl).startswith(b"HTTP/1.1 408")
        for _ in range(5):
            assert talk(receiver.http, leave) == b""
        time.sleep(0.2)  # until it is noticed that they left
        hanging = [socket.create_connection(("127.0.0.1", receiver.http)) for _ in range(2)]
        for one in hanging:
            hang(one)
        time.sleep(0.1)
        refused = talk(receiver.http, whole)
        assert refused.startswith(b"HTTP/1.1 503")
        assert b"retry-after: 1" in refused.lower()
        time.sleep(0.9)
        assert talk(receiver.http, whole).startswith(b"HTTP/1.1 200"), "their room came back"
        for one in hanging:
            one.close()
