"""kill -9 at random moments while clients send: python -m tests.bench.crash [RUNS] [SEED].

One journal lives through all runs. Clients send spans with ids of their own, send again what was not answered, and now
and then what was. At the end every acknowledged span must be there, each once, and be counted once.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from auditor.intake import Intake, Outcome
from tests.support.otlp import protobuf, request, span
from tests.support.receiving import ROOT, spans_in

CLIENTS, SPANS = 4, 10
HEADERS = {"Content-Type": "application/x-protobuf"}


@dataclass
class Report:
    """What was acknowledged, and what of it was found."""

    runs: int
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    miscounted: int = 0
    start_seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        starts = sorted(self.start_seconds)
        return (
            f"{self.runs} kills: {self.acknowledged} spans acknowledged, {self.lost} lost, {self.twice} twice, "
            f"counts off by {self.miscounted}; from start to listening median {statistics.median(starts):.2f} s, "
            f"longest {starts[-1]:.2f} s ({len(starts)} starts; imports not counted)"
        )


class Clients:
    """Threads that send for as long as somebody listens."""

    def __init__(self, seed: int) -> None:
        self.acknowledged: set[int] = set()
        self._waiting: list[int] = []  # requests that were not answered
        self._next = 0
        self._lock = threading.Lock()
        self._random = random.Random(seed)

    def send_until_killed(self, port: int) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._send, args=(port,)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _send(self, port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException):
            while True:
                number = self._take()
                try:
                    connection.request("POST", "/v1/traces", body_of(number), HEADERS)
                    response = connection.getresponse()
                    response.read()
                except BaseException:
                    with self._lock:
                        self._waiting.append(number)
                    raise
                assert response.status == 200, response.status
                with self._lock:
                    self.acknowledged.add(number)
        connection.close()

    def _take(self) -> int:
        with self._lock:
            if self._waiting:
                return self._waiting.pop()
            if self.acknowledged and self._random.random() < 0.1:
                return self._random.choice(sorted(self.acknowledged)[-20:])
            self._next += 1
            return self._next


def body_of(number: int) -> bytes:
    first = number * SPANS
    return protobuf(request(*(span(first + index, "server", "GET /a") for index in range(SPANS))))


@contextlib.contextmanager
def nursery() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.support.receiver", "--nursery"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def kill(process: int) -> None:
    """Kill, and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
        while True:
            os.kill(process, 0)
            time.sleep(0.001)


def crash(folder: Path, runs: int, seed: int) -> Report:
    """Kill `runs` receivers into `folder`, then look what is there."""
    report, clients, chance = Report(runs), Clients(seed), random.Random(seed)
    with nursery() as nurse:
        assert nurse.stdin is not None
        assert nurse.stdout is not None
        for _ in range(runs):
            start = time.monotonic()
            print(folder, file=nurse.stdin, flush=True)
            ports = json.loads(nurse.stdout.readline())
            report.start_seconds.append(time.monotonic() - start)
            threads = clients.send_until_killed(ports["http"])
            time.sleep(chance.uniform(0.0, 0.4))
            kill(ports["pid"])
            for thread in threads:
                thread.join()
    found = [int(own, 16) for _, own in spans_in(folder)]
    expected = {number * SPANS + index for number in clients.acknowledged for index in range(SPANS)}
    report.acknowledged = len(expected)
    report.lost, report.twice = len(expected - set(found)), len(found) - len(set(found))
    intake = Intake(folder)
    intake.start()
    report.miscounted = abs(intake.counters().of("traces", Outcome.ACCEPTED).items - len(found))
    intake.stop()
    return report


def main(runs: str = "100", seed: str = "") -> int:
    chosen = int(seed) if seed else random.SystemRandom().randrange(1 << 30)
    print(f"seed {chosen}")
    with tempfile.TemporaryDirectory() as folder:
        report = crash(Path(folder), int(runs), chosen)
    print(report)
    return 1 if report.lost or report.twice or report.miscounted else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
