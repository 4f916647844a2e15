"""What is mutated: a small whole input for each reader, with a word in it that no message may repeat."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from typing import Any

import zstandard
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from tests.support.otlp import TRACE, protobuf, request, span, varint

CANARY = "canary7482"
_PAIRS = {
    "http.url": f"http://shop/users/7?name={CANARY}",
    "db.statement": f"SELECT a FROM t WHERE b = '{CANARY}'",
    "db.system": "postgresql",
    "user.email": f"{CANARY}@example.com",
    "n": [1, {"deep": CANARY}],
    "f": 1.5,
}
_EVENT = {"name": "exception", "attributes": [{"key": "exception.message", "value": {"stringValue": CANARY}}]}
_OTLP = request(
    span(1, "server", f"GET /{CANARY}", _PAIRS),
    span(2, "client", "y", _PAIRS, parentSpanId=f"{1:016x}", events=[_EVENT]),
    span(3, "producer", "z", links=[{"traceId": TRACE, "spanId": f"{1:016x}"}], status={"code": 2, "message": CANARY}),
)
_TEXTS = {key: value for key, value in _PAIRS.items() if isinstance(value, str)}
_JAEGER = {
    "data": [
        {
            "traceID": TRACE,
            "spans": [
                {
                    "traceID": TRACE,
                    "spanID": str(number),
                    "operationName": "GET /x",
                    "references": [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": "1"}],
                    "startTime": 1_700_000_000_000_000,
                    "duration": 5,
                    "tags": [{"key": key, "type": "string", "value": value} for key, value in _TEXTS.items()],
                    "logs": [{"timestamp": 1, "fields": [{"key": "event", "type": "string", "value": CANARY}]}],
                    "processID": "p1",
                }
                for number in (1, 2)
            ],
            "processes": {"p1": {"serviceName": "shop", "tags": []}},
        }
    ]
}
_ZIPKIN = [
    {
        "traceId": TRACE,
        "id": str(number),
        "kind": kind,
        "name": "get",
        "timestamp": 1_700_000_000_000_000 + number,
        "duration": 5,
        "localEndpoint": {"serviceName": service},
        "remoteEndpoint": {"ipv4": "10.0.0.1", "port": 80},
        "annotations": [{"timestamp": 1, "value": CANARY}],
        "tags": _TEXTS,
    }
    for number, kind, service in ((1, "CLIENT", "web"), (1, "SERVER", "shop"), (2, "CLIENT", "shop"))
]
_POINT = {
    "asInt": "5",
    "attributes": [
        {"key": "k8s.src.owner.name", "value": {"stringValue": CANARY}},
        {"key": "k8s.dst.owner.name", "value": {"stringValue": "shop"}},
    ],
}
_METRIC = {"name": "obi.network.flow.bytes", "sum": {"dataPoints": [_POINT], "aggregationTemporality": 1}}
_METRICS: dict[str, Any] = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [_METRIC]}]}]}
_CSV = f"""TraceID,SpanID,ParentID,ServiceName,OperationName,StartTime,EndTime
1,2,,shop,GET /{CANARY},1700000000000,1700000000005
1,3,2,users,"SELECT '{CANARY}'",1700000000001,1700000000002
"""
_COUNTERS = f"""datname,query,calls,toplevel
shop,SELECT a FROM t WHERE b = '{CANARY}',5,t
shop,"UPDATE t SET a = $1",7,f
"""

_encoded = protobuf(_OTLP)
_lines = (json.dumps(_OTLP) + "\n").encode() * 2
WHOLE: dict[str, bytes] = {
    "otlp-protobuf-bare": _encoded,
    "otlp-protobuf-varint": (varint(len(_encoded)) + _encoded) * 2,
    "otlp-protobuf-fixed": (len(_encoded).to_bytes(4, "big") + _encoded) * 2,
    "otlp-json": _lines,
    "jaeger-json": json.dumps(_JAEGER).encode(),
    "zipkin-json": json.dumps(_ZIPKIN).encode(),
    "span-csv": _CSV.encode(),
    "gzip": gzip.compress(_lines, mtime=0) * 3,
    "zstd": zstandard.compress(_lines) * 3,
    "edges-json": json.dumps(_METRICS).encode(),
    "edges-protobuf": ParseDict(_METRICS, ExportMetricsServiceRequest()).SerializeToString(),
    "statements": _COUNTERS.encode(),
}
_SIGNS = (
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\",
    b"\n",
    b"\0",
    b"\xff",
    b"null",
    b"1e999",
    b"NaN",
    b"-1",
    b"\\ud800",
)


def mutated(chance: random.Random, data: bytes) -> bytes:
    """The same with a few bytes changed, taken away, put in or said again, or cut off."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(changed) or 1)
        _CHANGES[chance.randrange(len(_CHANGES))](chance, changed, at)
    return bytes(changed)


def _flip(chance: random.Random, data: bytearray, at: int) -> None:
    data[at : at + 1] = bytes([chance.randrange(256)])


def _delete(chance: random.Random, data: bytearray, at: int) -> None:
    del data[at : at + chance.choice((1, 2, 9, 100))]


def _insert(chance: random.Random, data: bytearray, at: int) -> None:
    data[at:at] = chance.choice((*_SIGNS, chance.randbytes(chance.randint(1, 9))))


def _repeat(chance: random.Random, data: bytearray, at: int) -> None:
    data[at:at] = data[at : at + chance.choice((1, 10, 200))] * chance.choice((1, 2, 50))


def _nest(chance: random.Random, data: bytearray, at: int) -> None:
    data[at:at] = chance.choice((b"[", b'{"a":')) * chance.choice((3, 2000))


def _cut(chance: random.Random, data: bytearray, at: int) -> None:
    del data[at:]


_CHANGES: tuple[Callable[[random.Random, bytearray, int], None], ...] = (
    *(_flip, _flip, _flip, _delete, _delete, _insert, _insert, _repeat),
    *(_nest, _cut),
)
