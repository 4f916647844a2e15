"""Telemetry of a large estate, made up: 1,000 services in five tiers, and 10,000 shapes of statements.

A request holds a hundred traces of five spans: a service calls another, which runs two statements. Its bytes are made
once; each sending puts in new trace ids and the time.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator
from itertools import cycle

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

SERVICES, TIERS, SHAPES, TRACES = 1_000, 5, 10_000, 100
SPANS = 5 * TRACES  # of a request
_ID = b"\xa5\xa5trace\xa5"
_TIMES = [0xA5A5A5A5_00000000 + step for step in range(10)]  # stand for milliseconds since the beginning
KIND = Span.SpanKind


class Requests:
    """The requests of the whole estate, one after the other, for ever."""

    def __init__(self) -> None:
        self._bodies = cycle([_body(number) for number in range(SHAPES // 2 // TRACES)])

    def next(self) -> bytes:
        """The next request, as if it had happened now."""
        return filled(next(self._bodies))


def filled(body: bytes) -> bytes:
    """A request with a new id for its traces and with the time."""
    now = time.time_ns()
    for step, stands in enumerate(_TIMES):
        body = body.replace(struct.pack("<Q", stands), struct.pack("<Q", now + step * 1_000_000))
    return body.replace(_ID, os.urandom(8))


def probe(number: int) -> bytes:
    """A trace in which a service that has read an address sends it to a host that nobody knew."""
    request = ExportTraceServiceRequest()
    own = _spans(request, "service-7")
    _span(own, number, 1, 0, "GET /probe", KIND.SPAN_KIND_SERVER, 0, 9, {"http.route": "/probe"})
    statement = "SELECT email FROM customers WHERE id = ?"
    _span(own, number, 2, 1, "SELECT", KIND.SPAN_KIND_CLIENT, 1, 2, _database("service-7", statement))
    url = f"https://{host(number)}/v1/hello?email=someone"
    _span(own, number, 3, 1, "GET", KIND.SPAN_KIND_CLIENT, 3, 4, {"http.method": "GET", "http.url": url})
    return filled(request.SerializeToString())


def host(number: int) -> str:
    """Where the probe of that number goes."""
    return f"probe-{number}.example.com"


def _body(number: int) -> bytes:
    request = ExportTraceServiceRequest()
    for trace in range(number * TRACES, (number + 1) * TRACES):
        tier, place = trace % (TIERS - 1), trace // (TIERS - 1)
        caller, callee = _service(tier, 7 * place), _service(tier + 1, 13 * place)
        own = _spans(request, caller)
        route = f"/things/{trace % 20}"
        _span(own, trace, 1, 0, f"GET {route}", KIND.SPAN_KIND_SERVER, 0, 9, {"http.route": route})
        _span(own, trace, 2, 1, "GET", KIND.SPAN_KIND_CLIENT, 1, 8, {"http.method": "GET", "server.address": callee})
        other = _spans(request, callee)
        _span(other, trace, 3, 2, f"GET {route}", KIND.SPAN_KIND_SERVER, 2, 7, {"http.route": route})
        for step, statement in enumerate(_statements(trace)):
            _span(other, trace, 4 + step, 3, "SELECT", KIND.SPAN_KIND_CLIENT, 3 + step, 5, _database(callee, statement))
    return request.SerializeToString()


def _service(tier: int, place: int) -> str:
    return f"service-{tier * SERVICES // TIERS + place % (SERVICES // TIERS)}"


def _statements(trace: int) -> Iterator[str]:
    for shape in (2 * trace, 2 * trace + 1):
        columns = ("id", "email", "full_name", "phone", "birth_date", "city", "note", "state", "amount", "created_at")
        some = ", ".join(columns[place] for place in range(10) if shape >> place & 1) or "id"
        yield f"SELECT {some} FROM {'customers' if shape % 3 else 'orders'} WHERE column_{shape % 16} = ? LIMIT {shape}"


def _database(service: str, statement: str) -> dict[str, str]:
    return {"db.system": "postgresql", "db.name": f"{service}-db", "server.address": "db", "db.statement": statement}


def _spans(request: ExportTraceServiceRequest, service: str) -> ResourceSpans:
    spans = request.resource_spans.add()
    spans.resource.attributes.add(key="service.name").value.string_value = service
    spans.scope_spans.add()
    return spans


def _span(
    to: ResourceSpans,
    trace: int,
    own: int,
    parent: int,
    name: str,
    kind: KIND,
    start: int,
    end: int,
    pairs: dict[str, str],
) -> None:
    span = to.scope_spans[0].spans.add(
        trace_id=_ID + struct.pack(">Q", trace + 1),
        span_id=struct.pack(">Q", own),
        parent_span_id=struct.pack(">Q", parent) if parent else b"",
        name=name,
        kind=kind,
        start_time_unix_nano=_TIMES[start],
        end_time_unix_nano=_TIMES[end],
    )
    for key, value in pairs.items():
        span.attributes.add(key=key).value.string_value = value
