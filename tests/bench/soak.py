"""More than it can take, for minutes: python -m tests.bench.soak MINUTES [CLIENTS].

Clients send as fast as they can, new spans each time, to a receiver with little room, whose entries are taken over as
a store would. Printed: the answers, how long they took, memory and disk over time, and whether the accounts agree.
"""

from __future__ import annotations

import http.client
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from auditor.intake import Intake, Outcome
from tests.support.otlp import protobuf, request, span
from tests.support.receiving import Receiver, running

HEADERS = {"Content-Type": "application/x-protobuf"}
ROOM, SPANS, SAMPLES = 1 << 20, 500, 10


class Client(threading.Thread):
    """Sends until the end; a refused request is sent no more."""

    def __init__(self, port: int, until: float, seed: int) -> None:
        super().__init__()
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self._port, self._until, self._random = port, until, random.Random(seed)
        statement = {"db.system": "postgresql", "db.statement": "SELECT email FROM users WHERE id = 5"}
        self._body = protobuf(request(*(span(number + 1, "client", "SELECT", statement) for number in range(SPANS))))

    def run(self) -> None:
        trace = bytes.fromhex("0af7651916cd43dd8448eb211c80319c")
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while time.monotonic() < self._until:
            body = self._body.replace(trace, self._random.randbytes(16))
            start = time.monotonic()
            connection.request("POST", "/v1/traces", body, HEADERS)
            response = connection.getresponse()
            response.read()
            self.seconds.append(time.monotonic() - start)
            self.statuses[response.status] += 1
            if response.status == 503:
                assert response.headers["retry-after"]
        connection.close()


def memory(receiver: Receiver) -> float:
    """MiB of memory now."""
    status = Path(f"/proc/{receiver.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def main(minutes: str = "2", clients: str = "32") -> int:
    seconds = float(minutes) * 60
    with tempfile.TemporaryDirectory() as folder:
        with running(Path(folder), f"waiting_bytes={ROOM}", "--release") as receiver:
            until = time.monotonic() + seconds
            senders = [Client(receiver.http, until, seed) for seed in range(int(clients))]
            for sender in senders:
                sender.start()
            for _ in range(SAMPLES):
                time.sleep(seconds / SAMPLES)
                disk = sum(file.stat().st_size for file in Path(folder).iterdir()) / (1 << 20)
                print(f"{memory(receiver):6.0f} MiB of memory  {disk:6.0f} MiB of disk", flush=True)
            for sender in senders:
                sender.join()
            ended = receiver.process.poll()
        intake = Intake(Path(folder))
        intake.start()
        counted = intake.counters().of("traces", Outcome.ACCEPTED)
        intake.stop()
    statuses = sum((sender.statuses for sender in senders), Counter[int]())
    times = sorted(second for sender in senders for second in sender.seconds)
    print(f"answers {dict(statuses)}, p99 {times[int(len(times) * 0.99)]:.2f} s, longest {times[-1]:.2f} s")
    agreed = (counted.requests, counted.items) == (statuses[200], statuses[200] * SPANS)
    print(f"{counted.items:,} spans accepted; the accounts {'agree' if agreed else 'DO NOT agree'}")
    return 0 if agreed and ended is None and set(statuses) <= {200, 503} else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
