"""A made-up system's telemetry and DDL of any size: python -m tests.bench.corpus FOLDER SPANS SERVICES SHAPES TEXTS.

Writes `pb/part-00.pb` (OTLP requests of 512 spans behind varint lengths) and `schema.sql`. The same arguments give the
same bytes. Services call one another in layers, six calls deep at most; 64 requests are under way at once, so traces
lie across many requests. Half of the spans are of databases: SHAPES statements, a table each, with literals that
make TEXTS different texts of them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

REQUEST = 512  # spans
UNDER_WAY = 64  # requests to the system at once
LAYERS = 6
OPERATIONS = 3  # of each service
COLUMNS = "id email first_name phone ssn birth_date city iban status amount created_at notes".split()
START = 1_767_225_600 * 10**9  # 2026-01-01
Made = tuple[int, bytes]  # the service's number, an encoded span


@dataclass(frozen=True, slots=True)
class Shape:
    """A statement but for its literals, and the name of its table."""

    table: str
    text: str


class System:
    """Who calls whom with which statements: the same for the same arguments."""

    def __init__(self, services: int, shapes: int, texts: int) -> None:
        self.chance = random.Random(services * 1_000_003 + shapes)
        self.services = services
        self.width = -(-services // LAYERS)  # services in a layer
        self.shapes = [self._shape(number) for number in range(shapes)]
        self.texts_of_each = max(1, texts // shapes)
        self.uses = [count() for _ in range(shapes)]
        operations = services * OPERATIONS
        self.calls = [self._callees(operation // OPERATIONS) for operation in range(operations)]
        self.statements = [
            [operation % shapes] if shapes <= operations else list(range(operation, shapes, operations))
            for operation in range(operations)
        ]

    def text(self, shape: int) -> str:
        """The next text of a shape: all its texts come in turn."""
        literal = next(self.uses[shape]) % self.texts_of_each
        return f"{self.shapes[shape].text} WHERE t.id = {1000 + literal} AND t.city = 'town {literal}'"

    def ddl(self) -> str:
        """CREATE TABLE of every table."""
        columns = ", ".join(f"{name} VARCHAR(100)" for name in COLUMNS)
        return "".join(f"CREATE TABLE {shape.table} ({columns});\n" for shape in self.shapes)

    def entry(self) -> int:
        """An operation of the first layer."""
        return self.chance.randrange(self.width * OPERATIONS)

    def _callees(self, service: int) -> list[int]:
        first = (service // self.width + 1) * self.width
        below = range(first, min(self.services, first + self.width))
        return [self.chance.choice(below) * OPERATIONS + self.chance.randrange(OPERATIONS) for _ in below[:2]]

    def _shape(self, number: int) -> Shape:
        table = f"table_{number}"
        names = self.chance.sample(COLUMNS, self.chance.randint(3, 8))
        return Shape(table, f"SELECT {', '.join(f't.{name}' for name in names)} FROM {table} t")


def main(folder: str, spans: str, services: str, shapes: str, texts: str) -> None:
    """Write the corpus."""
    system = System(int(services), int(shapes), int(texts))
    Path(folder, "pb").mkdir(parents=True, exist_ok=True)
    Path(folder, "schema.sql").write_text(system.ddl())
    with Path(folder, "pb", "part-00.pb").open("wb") as out:
        write(system, int(spans), out)


def write(system: System, spans: int, out: BinaryIO) -> None:
    """At least `spans` spans, up to the end of the requests that are under way then."""
    resources = [_resource(number) for number in range(system.services)]
    request: list[Made] = []
    made = 0
    under_way = [_trace(system, number) for number in range(UNDER_WAY)]
    for number in count(UNDER_WAY):
        if not under_way:
            break
        place = system.chance.randrange(len(under_way))
        for span in under_way[place]:
            request.append(span)
            break
        else:
            under_way[place] = under_way[-1]
            under_way.pop()
            if made + len(request) < spans:
                under_way.append(_trace(system, number))
        if len(request) == REQUEST or (request and not under_way):
            _write_request(request, resources, out)
            made += len(request)
            request = []


def _write_request(request: list[Made], resources: list[bytes], out: BinaryIO) -> None:
    of_service: dict[int, list[bytes]] = {}
    for service, span in request:
        of_service.setdefault(service, []).append(span)
    scope = ScopeSpans(scope=InstrumentationScope(name="made.up")).SerializeToString()
    data = b""
    for service, spans in of_service.items():
        inner = scope + b"".join(_field(ScopeSpans.SPANS_FIELD_NUMBER, span) for span in spans)
        whole = resources[service] + _field(ResourceSpans.SCOPE_SPANS_FIELD_NUMBER, inner)
        data += _field(ExportTraceServiceRequest.RESOURCE_SPANS_FIELD_NUMBER, whole)
    out.write(_varint(len(data)) + data)


def _trace(system: System, number: int) -> Iterator[Made]:
    trace = system.chance.randbytes(16)
    yield from _handle(system, system.entry(), trace, b"", START + number * 1_000_000, LAYERS)


def _handle(system: System, operation: int, trace: bytes, parent: bytes, start: int, depth: int) -> Iterator[Made]:
    """A server's span, after the spans of its statements and calls, as exporters send them."""
    chance, service = system.chance, operation // OPERATIONS
    me, now = chance.randbytes(8), start + 10_000
    for shape in chance.sample(system.statements[operation], min(2, len(system.statements[operation]))):
        query = {"db.query.text": system.text(shape), "db.collection.name": system.shapes[shape].table}
        database = {"db.system.name": "postgresql", "db.namespace": f"db-{shape % 10}", "server.address": "db.example"}
        ids = (trace, chance.randbytes(8), me)
        yield service, _span(f"SELECT {shape}", ids, now, now + 2_000_000, database | query, server=False)
        now += 2_100_000
    for callee in system.calls[operation]:
        if depth > 1 and chance.random() < 0.7:
            mine = chance.randbytes(8)
            yield from _handle(system, callee, trace, mine, now + 50_000, depth - 1)
            route = f"/route/{callee % OPERATIONS}"
            called = {"http.request.method": "GET", "server.address": _name(callee // OPERATIONS), "http.route": route}
            yield service, _span(f"GET {route}", (trace, mine, me), now, now + 9_000_000, called, server=False)
            now += 9_100_000
    route = f"/route/{operation % OPERATIONS}"
    handled = {"http.request.method": "GET", "http.route": route, "url.path": f"{route}?id={chance.randrange(10**6)}"}
    status = {"http.response.status_code": "200", "thread.name": f"worker-{chance.randrange(50)}"}
    yield service, _span(f"GET {route}", (trace, me, parent), start, now, handled | status, server=True)


def _span(
    name: str, ids: tuple[bytes, bytes, bytes], start: int, end: int, texts: dict[str, str], *, server: bool
) -> bytes:
    """An encoded span. `ids`: of its trace, its own, its parent's."""
    kind = Span.SPAN_KIND_SERVER if server else Span.SPAN_KIND_CLIENT
    span = Span(name=name, kind=kind, trace_id=ids[0], span_id=ids[1], parent_span_id=ids[2])
    span.start_time_unix_nano, span.end_time_unix_nano = start, end
    for key, value in texts.items():
        span.attributes.add(key=key).value.string_value = value
    return span.SerializeToString()


def _name(service: int) -> str:
    return f"service-{service:04}"


def _resource(service: int) -> bytes:
    texts = {"service.name": _name(service), "service.version": "1.0", "host.name": f"host-{service % 20}"}
    attributes = [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in texts.items()]
    return ResourceSpans(resource=Resource(attributes=attributes)).SerializeToString()


def _field(number: int, data: bytes) -> bytes:
    """A field as it stands in a message: messages written one behind the other are one message."""
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    encoded = b""
    while number > 127:
        encoded += bytes([number & 127 | 128])
        number >>= 7
    return encoded + bytes([number])


if __name__ == "__main__":
    main(*sys.argv[1:])
