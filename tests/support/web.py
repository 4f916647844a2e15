"""Small HTTP servers on loopback that answer as a test says, and remember what they were asked."""

from __future__ import annotations

import gzip
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """`cut` bytes are left out at the end; after every `part` bytes it rests for `rest` seconds."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0
    rest: float = 0.0
    part: int = 1 << 30
    chunked: bool = False

    @classmethod
    def packed(cls, body: bytes) -> Answer:
        return cls(gzip.compress(body), headers={"Content-Encoding": "gzip"})


@dataclass
class Served:
    """A running server: `place` is its host and port."""

    place: str
    asked: list[Asked] = field(default_factory=list)


class Server(ThreadingHTTPServer):
    """Takes it well when who asked goes away: what is printed then would end in the output of a test."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(answer: Callable[[Asked], Answer]) -> Iterator[Served]:
    """A server that answers every request by the function."""
    served = Served("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {key: values[-1] for key, values in parse_qs(url.query).items()}
            request = Asked(url.path, query, dict(self.headers), body)
            served.asked.append(request)
            self._send(answer(request))

        do_POST = do_GET

        def _send(self, given: Answer) -> None:
            self.send_response(given.status)
            length = {"Transfer-Encoding": "chunked"} if given.chunked else {"Content-Length": str(len(given.body))}
            for name, value in (length | dict(given.headers)).items():
                self.send_header(name, value)
            self.end_headers()
            data = given.body[: len(given.body) - given.cut]
            for at in range(0, len(data), given.part):
                part = data[at : at + given.part]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if given.chunked else part)
                self.wfile.flush()
                time.sleep(given.rest)
            if given.chunked and not given.cut:
                self.wfile.write(b"0\r\n\r\n")
            self.close_connection = given.cut > 0

        def log_message(self, *words: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.place = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
