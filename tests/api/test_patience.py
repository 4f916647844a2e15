"""Heads that never end, over a real socket."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from api.patience import PatientProtocol

PATIENCE = 0.5


class Hasty(PatientProtocol):
    head_seconds = PATIENCE


async def answer(request: Request) -> PlainTextResponse:
    await request.body()
    await asyncio.sleep(2 * PATIENCE)  # however long an answer takes, it is not the client that is slow
    return PlainTextResponse("done")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])
        server = uvicorn.Server(uvicorn.Config(app, http=Hasty, log_config=None, timeout_keep_alive=5))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def ended(client: socket.socket) -> float:
    """Seconds until the server closes the connection."""
    start = time.monotonic()
    client.settimeout(5)
    assert client.recv(100) == b""
    return time.monotonic() - start


@pytest.mark.parametrize("head", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_does_not_come_ends_the_connection(port: int, head: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(head)
        assert ended(client) < 10 * PATIENCE


def crawl(client: socket.socket) -> None:
    for _ in range(200):
        client.sendall(b"a")
        time.sleep(PATIENCE / 10)


def test_a_head_that_crawls_ends_the_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client, pytest.raises((BrokenPipeError, ConnectionError)):
        crawl(client)


def test_one_connection_serves_several_slow_requests(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(5)
        for _ in range(2):
            client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\n")
            time.sleep(PATIENCE / 2)
            client.sendall(b"Content-Length: 2\r\n\r\n")
            time.sleep(2 * PATIENCE)  # the body is not the head
            client.sendall(b"ok")
            received = b""
            while not received.endswith(b"done"):
                received += client.recv(1000)
        client.sendall(b"GET / HT")
        assert ended(client) < 10 * PATIENCE
