"""From a span to the exposure that it makes: python -m tests.bench.freshness [SECONDS] [SPANS_PER_SECOND].

`auditor serve --store` under a steady load of a large estate (`traffic`). Now and then a service sends an address to a
host that nobody knew: how long until the API lists that exposure? Printed beside: what the service used.
"""

from __future__ import annotations

import http.client
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.traffic import SPANS, Requests, host, probe
from tests.support.live import Live, running

PROTOBUF = {"Content-Type": "application/x-protobuf"}
EVERY = 6.0  # seconds between probes


@dataclass
class Load:
    """Sends at a steady rate until it is stopped; what cannot be sent in time is sent late, as a collector would."""

    live: Live
    rate: float
    statuses: Counter[int] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.live.port, timeout=60)
        requests, began, number = Requests(), time.monotonic(), 0
        while not self.stop.is_set():
            self.statuses[_post(connection, requests.next())] += 1
            number += 1
            self.stop.wait(max(0.0, began + number * SPANS / self.rate - time.monotonic()))
        connection.close()


def _post(connection: http.client.HTTPConnection, body: bytes) -> int:
    for _ in range(3):
        try:
            connection.request("POST", "/v1/traces", body, PROTOBUF)
            response = connection.getresponse()
            response.read()
        except (http.client.HTTPException, OSError):  # an idle connection was closed: the exporter opens another
            connection.close()
        else:
            return response.status
    return 0


def sinks(live: Live) -> str:
    return live.request("GET", "/api/v1/exposures?limit=1000&category=user.contact.email")[1].decode()


def used(live: Live) -> tuple[float, float]:
    """(CPU seconds, MiB of memory now)."""
    fields = Path(f"/proc/{live.process.pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{live.process.pid}/status").read_text()
    memory = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return (int(fields[11]) + int(fields[12])) / 100, int(memory.split()[1]) / 1024


def main(seconds: str = "150", rate: str = "5000") -> None:
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as live:
        load = Load(live, float(rate))
        thread = threading.Thread(target=load.run)
        thread.start()
        waiting: dict[int, float] = {}
        found: list[float] = []
        began = time.monotonic()
        asked: list[float] = []
        number, told = 0, 0.0
        while time.monotonic() < began + float(seconds) or (waiting and time.monotonic() < began + float(seconds) + 60):
            if time.monotonic() >= began + 20 + number * EVERY and time.monotonic() < began + float(seconds):
                assert _post(http.client.HTTPConnection("127.0.0.1", live.port, timeout=60), probe(number)) == 200
                waiting[number] = time.monotonic()
                number += 1
            start = time.monotonic()
            listed = sinks(live)
            asked.append(time.monotonic() - start)
            for one in [one for one in waiting if host(one) in listed]:
                found.append(time.monotonic() - waiting.pop(one))
            if time.monotonic() > told + 10:
                told = time.monotonic()
                cpu, memory = used(live)
                audit = live.metric("auditor_audit_duration_seconds"), live.metric("auditor_ingest_lag_seconds")
                made = live.metric('auditor_audits_total{outcome="made"}')
                sent = sum(load.statuses.values()) * SPANS
                print(
                    f"{told - began:4.0f} s  {sent:9,} spans  {cpu:5.0f} s CPU  {memory:5.0f} MiB  {made:3.0f} audits, "
                    f"the last in {audit[0]:4.1f} s, {audit[1]:4.1f} s behind; {len(found)} of {number} found",
                    flush=True,
                )
            time.sleep(0.5)
        load.stop.set()
        thread.join()
        live.stop()
    found.sort()
    asked.sort()
    sent = sum(load.statuses.values()) * SPANS / (time.monotonic() - began)
    print(f"answers {dict(load.statuses)}; {sent:,.0f} spans/s")
    p99 = asked[int(len(asked) * 0.99)]
    print(f"reading the list of exposures: p50 {statistics.median(asked):.2f} s, p99 {p99:.2f} s")
    if found:
        p95 = found[min(len(found) - 1, int(len(found) * 0.95))]
        print(f"{len(found)} of {number} exposures found: median {statistics.median(found):.1f} s, p95 {p95:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
