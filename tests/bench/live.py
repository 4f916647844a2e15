"""The receiver against the same server that only parses and throws away: python -m tests.bench.live FILE [ROUNDS].

FILE holds OTLP protobuf requests behind varint lengths. They are sent as they are, gzipped, over OTLP/HTTP by clients
on one core to a server on another; the first quarter warms it up. Figures are the server's CPU time, medians of rounds
in turn.
"""

from __future__ import annotations

import gzip
import http.client
import io
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from auditor.telemetry.framing import read_requests
from tests.support.memory import peak_bytes
from tests.support.receiving import Receiver, running, spans_in

HEADERS = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
CLIENTS, MOST = 8, 400
TICKS = os.sysconf("SC_CLK_TCK")


def requests_in(file: Path) -> list[tuple[bytes, int]]:
    """(gzipped request, its spans) of the first requests in a file."""
    with file.open("rb") as stream:
        found = read_requests(io.BufferedReader(stream), "varint", lambda *_: None)  # type: ignore[type-var]
        return [(gzip.compress(body, 6), spans_of(body)) for _, body in islice(found, MOST)]


def spans_of(body: bytes) -> int:
    request = ExportTraceServiceRequest.FromString(body)
    return sum(len(scope.spans) for resource in request.resource_spans for scope in resource.scope_spans)


def used(receiver: Receiver) -> tuple[float, float]:
    """(CPU seconds, MiB of memory) of a process."""
    fields = Path(f"/proc/{receiver.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS, peak_bytes(receiver.pid) / 2**20


def send(receiver: Receiver, bodies: list[bytes]) -> None:
    """Send them over a few connections; every one must be acknowledged."""

    def client(mine: list[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", receiver.http, timeout=60)
        for body in mine:
            connection.request("POST", "/v1/traces", body, HEADERS)
            response = connection.getresponse()
            response.read()
            assert response.status == 200, response.status
        connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, (bodies[index::CLIENTS] for index in range(CLIENTS))))


def measure(requests: list[tuple[bytes, int]], *options: str) -> tuple[float, float, float]:
    """(CPU microseconds a span, spans a second, MiB at most)."""
    warm = len(requests) // 4
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), *options) as receiver:
        os.sched_setaffinity(receiver.pid, {0})
        send(receiver, [body for body, _ in requests[:warm]])
        before, start = used(receiver)[0], time.monotonic()
        send(receiver, [body for body, _ in requests[warm:]])
        seconds, (cpu, memory) = time.monotonic() - start, used(receiver)
        if "--discard" not in options:
            assert len(spans_in(Path(folder))) == sum(spans for _, spans in requests)
    spans = sum(count for _, count in requests[warm:])
    return (cpu - before) / spans * 1e6, spans / seconds, memory


def main(file: str, rounds: str = "3") -> None:
    os.sched_setaffinity(0, {1 % (os.cpu_count() or 1)})
    requests = requests_in(Path(file))
    print(f"{len(requests)} requests, {sum(spans for _, spans in requests) // len(requests)} spans each")
    figures: dict[str, list[tuple[float, float, float]]] = {"parse only": [], "receiver": []}
    for _ in range(int(rounds)):
        figures["parse only"].append(measure(requests, "--discard"))
        figures["receiver"].append(measure(requests))
    cost = {}
    for name, rows in figures.items():
        cost[name], rate, memory = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name:10} {cost[name]:6.1f} us CPU a span  {rate:8,.0f} spans/s  {memory:5.0f} MiB peak")
    print(f"the receiver does {cost['parse only'] / cost['receiver']:.0%} of what parsing only does")


if __name__ == "__main__":
    main(*sys.argv[1:])
