"""What Jaeger and Tempo answer by their documented APIs, from traces in memory. Times are microseconds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.support import otlp
from tests.support.web import Answer, Asked

START = 1_700_000_000_000_000


@dataclass(frozen=True)
class Trace:
    """A trace that begins at a time in the first of its services, each of which calls the next."""

    number: int
    at: int
    services: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.number:032x}"


def jaeger(traces: Sequence[Trace], most: int = 1500) -> Callable[[Asked], Answer]:
    """Jaeger's query API: the newest traces with a span of the service that begins between start and end."""

    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/services":
            return _json({"data": sorted({name for trace in traces for name in trace.services}), "errors": None})
        assert asked.path == "/api/traces", asked
        start, end, limit = (int(asked.query[key]) for key in ("start", "end", "limit"))
        found = [each for each in traces if asked.query["service"] in each.services and start <= each.at <= end]
        newest = sorted(found, key=lambda each: -each.at)[: min(limit, most)]
        return _json({"data": [_jaeger(each) for each in newest], "total": 0, "errors": None})

    return answer


def tempo(traces: Sequence[Trace], old: bool = False) -> Callable[[Asked], Answer]:
    """Tempo's search and its two APIs for one trace, of which an old one has only the first."""
    by_id = {each.id: each for each in traces}

    def answer(asked: Asked) -> Answer:
        start, end = (int(asked.query[key]) * 1_000_000 for key in ("start", "end"))
        if asked.path == "/api/search":
            wanted = [name for name in _names(traces) if f'resource.service.name = "{name}"' in asked.query["q"]]
            found = [
                each for each in traces if start <= each.at <= end and (not wanted or {*wanted} & {*each.services})
            ]
            chosen = found[: int(asked.query["limit"])]
            return _json({"traces": [{"traceID": each.id.lstrip("0")} for each in chosen], "metrics": {}})
        *_, version, _, own = asked.path.split("/")
        trace = by_id.get(unquote(own).rjust(32, "0"))
        if trace is None or (old and version == "v2"):
            return Answer(b"trace not found", 404)
        assert asked.headers["Accept"] == "application/protobuf"
        data = otlp.protobuf(_otlp(trace))
        return Answer(b"\x0a" + otlp.varint(len(data)) + data if version == "v2" else data)

    return answer


def _names(traces: Sequence[Trace]) -> list[str]:
    return sorted({name for trace in traces for name in trace.services})


def _json(content: Any) -> Answer:
    return Answer.packed(json.dumps(content).encode())


def _jaeger(trace: Trace) -> dict[str, Any]:
    def tag(key: str, value: str) -> dict[str, str]:
        return {"key": key, "type": "string", "value": value}

    spans = [
        {
            "traceID": trace.id,
            "spanID": f"{trace.number * 100 + depth:016x}",
            "operationName": f"GET /{service}",
            "references": [
                {"refType": "CHILD_OF", "traceID": trace.id, "spanID": f"{trace.number * 100 + depth - 1:016x}"}
            ][: 1 if depth else 0],
            "startTime": trace.at + depth,
            "duration": 1000,
            "tags": [tag("span.kind", "server"), tag("http.route", f"/{service}"), tag("http.method", "GET")],
            "processID": f"p{depth}",
        }
        for depth, service in enumerate(trace.services, start=0)
    ]
    processes = {f"p{depth}": {"serviceName": service} for depth, service in enumerate(trace.services)}
    return {"traceID": trace.id, "spans": spans, "processes": processes}


def _otlp(trace: Trace) -> dict[str, Any]:
    requests = []
    for depth, service in enumerate(trace.services):
        own = trace.number * 100 + depth
        times = {"startTimeUnixNano": str((trace.at + depth) * 1000), "endTimeUnixNano": str((trace.at + 1000) * 1000)}
        parent = {"parentSpanId": f"{own - 1:016x}"} if depth else {}
        route = {"http.route": f"/{service}", "http.method": "GET"}
        span = otlp.span(own, "server", f"GET /{service}", route, **times, traceId=trace.id, **parent)
        requests.append(otlp.request(span, resource={"service.name": service})["resourceSpans"][0])
    return {"resourceSpans": requests}
