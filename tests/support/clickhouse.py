"""ClickHouse for tests: chdb, which has it inside, behind a small HTTP server in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

import pytest
import urllib3

_USER, _PASSWORD = "reader", "p@ss word"


@dataclass(frozen=True)
class ClickHouse:
    """A running server."""

    port: int

    @property
    def url(self) -> str:
        return f"clickhouse://{_USER}:p%40ss%20word@127.0.0.1:{self.port}"

    def run(self, query: str, data: bytes = b"") -> bytes:
        """Execute a statement; `data` follows it, as of an INSERT."""
        headers = urllib3.make_headers(basic_auth=f"{_USER}:{_PASSWORD}")
        url = f"http://127.0.0.1:{self.port}/"
        answer = urllib3.request("POST", url, fields={}, headers=headers, body=query.encode() + data, timeout=120)
        assert answer.status == 200, answer.data[:500]
        return answer.data


@contextmanager
def clickhouse() -> Iterator[ClickHouse]:
    if find_spec("chdb") is None or find_spec("clickhouse_connect") is None:
        pytest.skip("no chdb-core and clickhouse-connect in this environment")
    process = subprocess.Popen([sys.executable, "-m", "tests.support.clickhouse"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield ClickHouse(int(process.stdout.readline()))
    finally:
        process.terminate()
        process.communicate(timeout=30)


def main() -> None:
    """Serve one chdb session on a free port of loopback, which is printed."""
    import base64
    import re
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Lock
    from urllib.parse import parse_qsl, urlsplit

    from chdb.session import Session

    session, lock = Session(), Lock()
    expected = base64.b64encode(f"{_USER}:{_PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = dict(parse_qsl(urlsplit(self.path).query))
            if self.headers.get("Authorization") != f"Basic {expected}":
                self._send(403, b"Code: 516. DB::Exception: reader: Authentication failed (AUTHENTICATION_FAILED)")
                return
            params = {key.removeprefix("param_"): value for key, value in given.items() if key.startswith("param_")}
            try:
                with lock:
                    found = session.query(query, given.get("default_format", "TabSeparated"), params=params)
                    body = bytes(found.bytes()) if found is not None else b""
            except Exception as error:
                self._send(404, str(error).encode())
            else:
                self._send(200, body)

        do_GET = do_POST

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            code = re.match(rb"Code: (\d+)", body)
            if status != 200 and code:
                self.send_header("X-ClickHouse-Exception-Code", code[1].decode())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
