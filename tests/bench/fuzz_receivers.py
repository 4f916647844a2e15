"""Mutated requests through the doors: python -m tests.bench.fuzz_receivers [REQUESTS] [SEED].

Good requests of every address, form and encoding, with bytes flipped, cut, doubled and swapped, before or after they
are compressed; and the headers with them. Each must get one of the answers of docs/live.md that fits, quickly, in
bounded memory, and the accounts must agree with the answers.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import resource
import sys
import tempfile
import time
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard
from starlette.applications import Starlette
from starlette.types import Message

from api.receivers.app import receivers
from auditor.intake import Intake, Limits, Reason
from tests.support.canaries import Canaries, request
from tests.support.memory import peak_bytes
from tests.support.otlp import protobuf

PROTOBUF, JSON = "application/x-protobuf", "application/json"
ANSWERS = {200, 202, 400, 405, 408, 413, 415}
ENCODERS = {
    "": bytes,
    "gzip": lambda data: gzip.compress(data, 1),
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}
ADDRESS_SPACE, SLOW, AT_ONCE = 4 << 30, 30.0, 200


@dataclass(frozen=True)
class Request:
    path: str
    media: str
    encoding: str
    body: bytes


def seeds() -> list[tuple[str, str, bytes]]:
    """(path, content type, good body)."""
    traces = request(Canaries())
    zipkin = [{"traceId": "a" * 32, "id": "b" * 16, "tags": {"a": "b"}, "localEndpoint": {"serviceName": "shop"}}]
    jaeger = {"data": [{"traceID": "3" * 32, "processes": {}, "spans": [{"traceID": "3" * 32, "spanID": "4" * 16}]}]}
    point = {"asInt": "7", "attributes": [{"key": "src.name", "value": {"stringValue": "a"}}]}
    flows = [{"name": "obi.network.flow.bytes", "sum": {"dataPoints": [point]}}]
    metrics = {"resourceMetrics": [{"scopeMetrics": [{"metrics": flows}]}]}
    return [
        ("/v1/traces", PROTOBUF, protobuf(traces)),
        ("/v1/traces", JSON, json.dumps(traces).encode()),
        ("/v1/metrics", JSON, json.dumps(metrics).encode()),
        ("/v1/logs", JSON, b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "x"}}]}]}]}'),
        ("/v1/logs", PROTOBUF, bytes.fromhex("0a061204120212000a00")),
        ("/v1/metrics", PROTOBUF, bytes.fromhex("0a0a120812060a04") + b"name"),
        ("/api/v2/spans", JSON, json.dumps(zipkin).encode()),
        ("/api/traces", JSON, json.dumps(jaeger).encode()),
    ]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Some bytes of it changed."""
    changed = bytearray(data)
    for _ in range(chance.choice((0, 1, 1, 2, 5, 30))):
        at, width = chance.randrange(len(changed) + 1), chance.choice((1, 1, 4, 100))
        match chance.randrange(6):
            case 0:
                changed[at : at + width] = chance.randbytes(width)
            case 1:
                del changed[at : at + width]
            case 2:
                changed[at:at] = changed[at : at + width] * chance.choice((1, 2, 50))
            case 3:
                changed[at:at] = chance.choice(
                    (b"\xff" * 9, b"\x80" * 9, b"[" * 3000, b'{"a":' * 3000, b"null", b"1e999")
                )
            case 4:
                del changed[at:]
            case 5:
                changed[at : at + 1] = bytes([changed[at] ^ 1 << chance.randrange(8)]) if at < len(changed) else b""
    return bytes(changed)


def made(all_: list[tuple[str, str, bytes]], chance: random.Random) -> Request:
    path, media, body = chance.choice(all_)
    encoding = chance.choice(list(ENCODERS))
    if chance.random() < 0.7:
        body = ENCODERS[encoding](mutated(body, chance))
    else:
        body = mutated(ENCODERS[encoding](body), chance)
    if chance.random() < 0.1:
        media = chance.choice((PROTOBUF, JSON, "text/plain", "", "application/json; charset=\xff"))
    if chance.random() < 0.05:
        encoding = chance.choice(("gzip", "br", "gzip, gzip", "\xff", "identity"))
    return Request(path, media, encoding, body)


async def status_of(app: Starlette, sent: Request) -> int:
    """The status of the answer to a request."""
    given = [("content-type", sent.media), ("content-encoding", sent.encoding)]
    headers = [(name.encode(), value.encode("latin-1")) for name, value in given if value]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": sent.path,
        "headers": headers,
        "query_string": b"",
    }
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


async def fuzz(intake: Intake, requests: int, chance: random.Random) -> Counter[int]:
    """Send so many, a few at a time."""
    app, all_, statuses = Starlette(routes=receivers(intake)), seeds(), Counter[int]()
    for _ in range(0, requests, AT_ONCE):
        start = time.monotonic()
        group = [made(all_, chance) for _ in range(AT_ONCE)]
        statuses.update(await asyncio.gather(*(status_of(app, one) for one in group)))
        assert time.monotonic() - start < SLOW, "too slow"
    return statuses


def run(folder: Path, requests: int, seed: int) -> Counter[int]:
    """Fuzz an intake in `folder`. Raises AssertionError for what must not be."""
    intake = Intake(folder, Limits(request_bytes=1 << 20))
    intake.start()
    statuses = asyncio.run(fuzz(intake, requests, random.Random(seed)))
    failed = sum(count.requests for (_, _, reason), count in intake.counters() if reason is Reason.FAILED)
    assert not failed, f"we failed on {failed} requests"
    received = sum(intake.counters().received(signal).requests for signal in ("traces", "metrics", "logs"))
    assert set(statuses) <= ANSWERS, statuses
    assert received == statuses.total(), (received, statuses)
    assert intake.room.taken == 0
    assert intake.stop()
    return statuses


def main(requests: str = "100000", seed: str = "") -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    chosen = int(seed) if seed else random.SystemRandom().randrange(1 << 30)
    print(f"seed {chosen}")
    with tempfile.TemporaryDirectory() as folder:
        print(dict(run(Path(folder), int(requests), chosen)))
    print(f"{peak_bytes() / 2**20:.0f} MiB of memory at most")


if __name__ == "__main__":
    main(*sys.argv[1:])
