"""`auditor serve` as a process of its own: who gets in, what it says, how it stops."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.examples import EXAMPLE
from reports.audit_json import dumps
from tests.support.commands import auditor

CANARY = "canary-3f1b"
CONFIG = """
[serve]
tokens = "tokens.toml"
trail = "trail.jsonl"
log = "json"
drain = 1.5
"""
SERVE = "import sys; from auditor.cli import run; sys.exit(run(sys.argv[1:]))"


@dataclass
class Served:
    """A running service."""

    process: subprocess.Popen[str]
    port: int
    token: str

    def get(self, path: str, authorization: str | None = None, forwarded: str | None = None) -> int:
        """The status of a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": authorization, "X-Forwarded-For": forwarded}
        connection.request("GET", path, headers={name: value for name, value in headers.items() if value})
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "audit.json").write_text(dumps(EXAMPLE))
    (tmp_path / "auditor.toml").write_text(CONFIG)
    token = auditor("token", "new", "ana", "--scope", "read", folder=tmp_path).stdout.strip()
    command = [sys.executable, "-c", SERVE, "serve", "--audit", ".", "--port", "0"]
    env = os.environ | {"PYTHONPATH": os.getcwd(), "AUDITOR_WEBHOOK_SECRET": CANARY}
    with subprocess.Popen(
        command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        found = re.search(r":(\d+)/ ", process.stdout.readline())
        assert found, process.communicate()[1]
        yield Served(process, int(found[1]), token)
        if process.poll() is None:
            process.kill()


def test_it_lets_in_who_may_and_stops_in_order(served: Served, tmp_path: Path) -> None:
    assert served.get("/healthz") == 200
    assert served.get("/api/flows") == 401
    assert served.get(f"/api/flows?category={CANARY}", f"Bearer {served.token}") == 200
    assert served.get(f"/{CANARY}", f"Bearer {CANARY}", forwarded="203.0.113.9") == 401
    refused_before_its_body(served)
    served.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    assert served.get("/readyz") == 503  # load balancers see it, while requests are still answered
    assert served.get("/api/flows", f"Bearer {served.token}") == 200
    out, err = served.process.communicate(timeout=20)
    assert served.process.returncode == 0
    assert '"event": "draining"' in err
    trail = (tmp_path / "trail.jsonl").read_text()
    for secret in (CANARY, served.token):
        assert secret not in out + err + trail
    assert trail.count('"caller": "ana"') == 2
    assert "127.0.0.1" in trail
    assert "203.0.113.9" not in trail  # what a client says of itself, when it is no proxy of ours


def refused_before_its_body(served: Served) -> None:
    """Announces a gigabyte, sends nothing of it, and is answered all the same."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n")
        assert b"401" in connection.recv(4096).splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "auditor token new"),
        (["--tokens", "nowhere.toml"], "auditor token new"),
        (["--audit", "nowhere"], "auditor scan"),
        (["--config", "wrong.toml"], "serve.port must be a whole number 0..65535; unknown setting 'serve.prot'"),
        (["--port", "TAKEN"], "cannot be listened on"),
    ],
)
def test_what_is_wrong_is_said_before_it_listens(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "audit.json").write_text(dumps(EXAMPLE))
    (tmp_path / "wrong.toml").write_text("[serve]\nport = 'x'\nprot = 1\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = auditor("serve", *(port if a == "TAKEN" else a for a in arguments), folder=tmp_path)
    assert ran.returncode == 2
    assert said in ran.stderr
