"""`auditor serve --store` as a process of its own, and the clinic's telemetry as if it were recorded now."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.commands import CAPTURE

SERVE = """
import sys

def refuse(event, arguments):  # the network is blocked, but for loopback
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] != "127.0.0.1":
        print("OUTWARD", file=sys.stderr)
        raise OSError("no network")

sys.addaudithook(refuse)
from auditor.cli import run
sys.exit(run(sys.argv[1:]))
"""
SETTINGS = """
[serve]
state = "state"
drain = 0
[serve.store]
quiet = 0.3
move = 1
count = 2
"""
_TIME = re.compile(r'("(?:start|end)TimeUnixNano":\s*")(\d+)')


@dataclass
class Live:
    """A running service. `folder` is where it was started, and has its settings."""

    process: subprocess.Popen[str]
    folder: Path
    port: int

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """(status, body) of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def send(self, body: str) -> None:
        """An OTLP/JSON request of traces; it must be acknowledged."""
        status, answer = self.request("POST", "/v1/traces", body.encode(), **{"Content-Type": "application/json"})
        assert status == 200, answer

    def json(self, path: str) -> Any:
        """What an address of the API answers."""
        status, answer = self.request("GET", path)
        assert status == 200, (path, answer)
        return json.loads(answer)

    def metric(self, name: str) -> float:
        """The value of a metric, its labels as they are written behind its name."""
        lines = self.request("GET", "/metrics")[1].decode().splitlines()
        return float(next((line.split()[-1] for line in lines if line.startswith(f"{name} ")), "nan"))

    def until(self, what: Callable[[], bool], seconds: float = 120.0) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, "it never came to be so"
            assert self.process.poll() is None, "the service ended"
            time.sleep(0.3)

    def kill(self) -> None:
        """As a crash would; nothing where it has been stopped."""
        self.process.kill()
        if self.process.stderr and not self.process.stderr.closed:
            print(self.process.communicate()[1])

    def stop(self) -> str:
        """As a service manager would; what it said on standard error."""
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=60)[1]
        assert self.process.returncode == 0, said
        assert "OUTWARD" not in said, "it tried to reach the network"
        assert "leaked" not in said, "a library was left with something at the end"
        return said


def start(folder: Path, *options: str, store: str = "store", under: tuple[str, ...] = ()) -> Live:
    """Start a service in `folder` and wait until it listens."""
    settings = folder / "auditor.toml"
    if not settings.exists():
        settings.write_text(SETTINGS)
    ports = ("--port", "0", "--otlp-port", "0", "--grpc-port", "0")
    command = [*under, sys.executable, "-c", SERVE, "serve", "--store", store, *ports, *options]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
    if not found:
        process.kill()
        raise AssertionError(process.communicate()[1])
    return Live(process, folder, int(found[1]))


@contextmanager
def running(folder: Path, *options: str, store: str = "store", under: tuple[str, ...] = ()) -> Iterator[Live]:
    """A service that is gone at the end."""
    live = start(folder, *options, store=store, under=under)
    try:
        yield live
    finally:
        live.kill()


def clinic_now() -> list[str]:
    """The clinic's capture, OTLP/JSON requests, as if it had begun ten minutes ago."""
    lines = gzip.decompress((CAPTURE / "traces.otlp.jsonl.gz").read_bytes()).decode().splitlines()
    first = min(int(found[2]) for line in lines for found in _TIME.finditer(line))
    later = int(time.time() - 600) * 10**9 - first
    return [_TIME.sub(lambda found: f"{found[1]}{int(found[2]) + later}", line) for line in lines]


def send_and_kill(folder: Path, requests: list[str], kills: int, options: tuple[str, ...] = ()) -> list[str]:
    """Send requests in any order to services that are killed at random moments; those that were not acknowledged."""
    waiting = random.sample(requests, len(requests))
    for _ in range(kills):
        with running(folder, *options) as live:
            threading.Timer(random.uniform(0.0, 2.0), live.process.kill).start()
            with contextlib.suppress(OSError, http.client.HTTPException):
                while waiting:
                    live.send(waiting[-1])
                    waiting.pop()
            live.process.wait(10)
    return waiting
