"""Whatever bytes or JSON a reader is given: rows of the schema come out, or one clear error."""

from __future__ import annotations

import contextlib
import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import InputError
from auditor.telemetry.read import read_spans
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import LINK, ROW, SPAN
from tests.support.otlp import protobuf, request, span

KEYS = st.sampled_from(
    "resourceSpans batches trace resource attributes scopeSpans spans scope name key value stringValue intValue "
    "arrayValue kvlistValue values traceId spanId parentSpanId kind flags status code message events links "
    "startTimeUnixNano data processes processID process traceID spanID references refType startTime duration tags tag "
    "logs fields hits _source id parentId localEndpoint remoteEndpoint serviceName port timestamp shared annotations "
    "http.url db.statement db.system peer.service".split()
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(["1", "abc", "0af7651916cd43dd8448eb211c80319c", "client", "CLIENT", "{}", "-1", "SELECT '"]),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=25,
)
SLOW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def feed(data: bytes) -> ReadReport:
    report = ReadReport()
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(InputError):
        file = Path(folder) / "input"
        file.write_bytes(data)
        for batch in read_spans([str(file)], report):
            for part, schema in ((batch.spans, SPAN), (batch.links, LINK), (batch.rows, ROW)):
                assert part.schema.equals(schema)
                part.validate(full=True)
    return report


def wrapped(value: Any) -> list[Any]:
    """A value in the places where readers look for spans, and for what is in them."""
    otlp = request(span(1, "client", "x"))
    spot = otlp["resourceSpans"][0]["scopeSpans"][0]["spans"]
    extra = (
        value if isinstance(value, dict) else {"attributes": value, "events": value, "links": value, "status": value}
    )
    spot += [value, {**spot[0], **extra}]
    jaeger = {"traceID": "1", "spanID": "2", **({"tags": value} if not isinstance(value, dict) else value)}
    zipkin = {"traceId": "1", "id": "2", **({"tags": value} if not isinstance(value, dict) else value)}
    return [
        value,
        {"resourceSpans": value},
        {"resourceSpans": [{"resource": value, "scopeSpans": value}]},
        otlp,
        {"data": [{"spans": value, "processes": value}]},
        {"data": [{"spans": [jaeger]}]},
        [zipkin, value],
    ]


@SLOW
@given(JSON)
def test_any_json(value: Any) -> None:
    for document in wrapped(value):
        feed(json.dumps(document).encode("utf-8", "replace"))


@SLOW
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    for prefix in (b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"{", b"\x0a", b"\xef\xbb\xbf["):
        feed(prefix + data)


VALID = protobuf(
    request(span(1, "server", "GET /a/{b}", {"http.method": "GET", "a": [1, {"b": "c"}]}), span(2, "client", "y"))
)


@SLOW
@given(st.integers(0, len(VALID) - 1), st.integers(0, 255), st.integers(1, len(VALID)), st.booleans())
def test_damaged_protobuf(place: int, byte: int, length: int, packed: bool) -> None:
    data = (VALID[:place] + bytes([byte]) + VALID[place + 1 :])[:length]
    feed(gzip.compress(data)[: length + 10] if packed else data)


def test_hostile_depth() -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}"), ('{"data":[', "]}"), ('{"trace":', "}"), ('{"_source":', "}")):
        for depth in (300, 1000, 100_000):
            feed((opening * depth + "1" + closing * depth).encode())
    deep = '{"traceId":"1","id":"2","tags":{"a":' + "[" * 900 + "]" * 900 + "}}"
    assert feed(f"[{deep}]".encode()).inputs[0].spans == 1
