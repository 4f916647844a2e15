"""Bodies of empty parts are told before they are decoded; real ones, however odd, are not."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from auditor.intake import Delivery, Intake, Outcome
from auditor.intake.density import is_hollow
from tests.support.otlp import protobuf, request, varint
from tests.support.otlp_strategies import spans

IDS = b"\x0a\x10" + b"a" * 16 + b"\x12\x08" + b"b" * 8
MIB = 1 << 20


def within(*fields: int, content: bytes) -> bytes:
    """Content inside messages, the outermost first."""
    for number in reversed(fields):
        content = bytes([number << 3 | 2]) + varint(len(content)) + content
    return content


HOLLOW = {
    "resources": within(1, content=b"") * MIB,
    "scopes, each of its own resource": within(1, 2, content=b"") * MIB,
    "scopes": within(1, content=within(2, content=b"") * MIB),
    "spans": within(1, 2, content=within(2, content=b"") * MIB),
    "attributes": within(1, 2, 2, content=IDS + within(9, content=b"") * MIB),
    "attributes with odd tags": within(1, 2, 2, content=IDS + b"\xca\x00\x00" * MIB),
    "attributes of an event": within(1, 2, 2, content=IDS + within(11, content=within(3, content=b"") * MIB)),
    "attributes of a resource": within(1, content=within(1, content=within(1, content=b"") * MIB)),
    "events": within(1, 2, 2, content=IDS + within(11, content=b"") * MIB),
    "links": within(1, 2, 2, content=IDS + within(13, content=b"") * MIB),
}


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    one = Intake(tmp_path)
    one.start()
    yield one
    assert one.stop()


@pytest.mark.parametrize("name", HOLLOW)
def test_hollow_protobuf(intake: Intake, name: str) -> None:
    assert ExportTraceServiceRequest.FromString(HOLLOW[name]), "it is no damaged message"
    tracemalloc.start()
    answer = intake.deliver(Delivery("traces", "protobuf", "identity", HOLLOW[name])).result(20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.outcome, answer.message) == (
        Outcome.REJECTED,
        "the body holds more parts than telemetry of its size can have",
    )
    assert peak < 64 * MIB


@pytest.mark.parametrize("signal", ["metrics", "logs"])
def test_hollow_metrics_and_logs(signal: str) -> None:
    body = within(1, 2, content=within(2, content=b"") * MIB)
    assert is_hollow(body, signal, "protobuf")  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["json", "zipkin", "jaeger"])
def test_hollow_json(form: str) -> None:
    assert is_hollow(b"[" + b"{}," * MIB + b"{}]", "traces", form)  # type: ignore[arg-type]
    assert is_hollow(b'{"a":"aaaaaaaaaaaaaaaa"},' * (2 * MIB), "traces", form)  # type: ignore[arg-type]
    assert is_hollow(b"[" * 5000, "traces", form)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=60)
@given(st.lists(spans(), min_size=1, max_size=5), st.integers(1, 40))
def test_whatever_spans_say_they_are_not_hollow(some: list[dict[str, object]], times: int) -> None:
    document = request(*(some * times))
    assert not is_hollow(protobuf(document), "traces", "protobuf")
    assert not is_hollow(json.dumps(document, separators=(",", ":")).encode(), "traces", "json")
