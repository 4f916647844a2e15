"""OTLP over HTTP as the specification has it, and Zipkin's and Jaeger's addresses."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from typing import Any

import pytest
import zstandard
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.testclient import TestClient

from api.receivers.app import Refusals
from auditor.intake import Intake
from auditor.intake.counters import Count
from auditor.intake.messages import Outcome, Reason
from tests.support.otlp import protobuf, request, span
from tests.support.receiving import spans_in

PROTOBUF, JSON = "application/x-protobuf", "application/json"
ENCODED = {
    "identity": lambda data: data,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def post(client: TestClient, body: bytes, media: str = PROTOBUF, path: str = "/v1/traces", **headers: str) -> Any:
    sent = {"content-type": media} | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, content=body, headers=sent)


def spans(count: int, first: int = 1) -> dict[str, Any]:
    return request(*(span(number, "server", "GET /a") for number in range(first, first + count)))


def counted(intake: Intake, outcome: Outcome, signal: Any = "traces") -> Count:
    return intake.counters().of(signal, outcome)


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("media", [PROTOBUF, JSON])
def test_a_request_is_acknowledged_when_it_is_in_the_journal(
    client: TestClient, intake: Intake, media: str, encoding: str
) -> None:
    body = protobuf(spans(3)) if media == PROTOBUF else json.dumps(spans(3)).encode()
    response = post(client, ENCODED[encoding](body), media, content_encoding=encoding)
    assert (response.status_code, response.headers["content-type"]) == (200, media)
    assert response.content == (b"" if media == PROTOBUF else b"{}"), "partial_success is not set on full success"
    assert len(spans_in(intake.folder)) == 3
    assert counted(intake, Outcome.ACCEPTED) == Count(1, 3)


@pytest.mark.parametrize(("media", "body"), [(PROTOBUF, b""), (JSON, b"{}"), (JSON, b'{"resourceSpans": []}')])
@pytest.mark.parametrize("path", ["/v1/traces", "/v1/metrics", "/v1/logs"])
def test_an_empty_request_is_a_success(client: TestClient, path: str, media: str, body: bytes) -> None:
    assert post(client, body, media, path).status_code == 200


def test_spans_without_ids_are_told_and_the_others_kept(client: TestClient, intake: Intake) -> None:
    document = request(span(1, "server", "a"), span(2, "server", "b", traceId="00" * 16), span(0, "server", "c"))
    response = post(client, protobuf(document))
    told = ExportTraceServiceResponse.FromString(response.content).partial_success
    assert (response.status_code, told.rejected_spans) == (200, 2)
    assert told.error_message == "2 spans without a trace id or span id, or no span at all"
    assert post(client, json.dumps(document).encode(), JSON).json()["partialSuccess"]["rejectedSpans"] == "2"
    assert len(spans_in(intake.folder)) == 1
    assert counted(intake, Outcome.REJECTED).items == 4


def test_what_comes_again_changes_nothing(client: TestClient, intake: Intake) -> None:
    for body in (spans(3), spans(3), spans(5, first=2)):
        assert post(client, protobuf(body)).status_code == 200
    assert len(spans_in(intake.folder)) == 6
    assert counted(intake, Outcome.DEDUPLICATED).items == 5
    assert intake.counters().received("traces") == Count(3, 11)


def test_logs_are_not_dropped_silently(client: TestClient, intake: Intake) -> None:
    body = ExportLogsServiceRequest()
    body.resource_logs.add().scope_logs.add().log_records.add().body.string_value = "ann.lee@example.com"
    response = post(client, body.SerializeToString(), path="/v1/logs")
    told = ExportLogsServiceResponse.FromString(response.content).partial_success
    assert (response.status_code, told.rejected_log_records) == (200, 1)
    assert told.error_message == "1 log records that are not used here and were dropped"
    assert intake.counters().received("logs") == Count(1, 1)


BAD = [
    ("/v1/traces", PROTOBUF, b"\x0a\xff\xff\xff", {}, 400),
    ("/v1/traces", PROTOBUF, b"\x0a" + b"\xff" * 9 + b"\x01", {}, 400),
    ("/v1/traces", PROTOBUF, b"hello ann.lee@example.com", {}, 400),
    ("/v1/traces", JSON, b'{"resourceSpans": "ann.lee@example.com"}', {}, 400),
    ("/v1/traces", JSON, b'["ann.lee@example.com"]', {}, 400),
    ("/v1/traces", JSON, b"[" * 100_000, {}, 400),
    ("/v1/metrics", PROTOBUF, b"\x0a\xff\xff\xff", {}, 400),
    ("/v1/logs", JSON, b"{", {}, 400),
    ("/v1/traces", PROTOBUF, b"no gzip", {"content_encoding": "gzip"}, 400),
    ("/v1/traces", PROTOBUF, gzip.compress(b"x" * 99, mtime=0)[:-9], {"content_encoding": "gzip"}, 400),
    ("/v1/traces", PROTOBUF, b"", {"content_encoding": "br"}, 415),
    ("/v1/traces", PROTOBUF, b"", {"content_encoding": "gzip, gzip"}, 415),
    ("/v1/traces", "text/plain", b"{}", {}, 415),
    ("/v1/traces", "", b"{}", {}, 415),
    ("/v1/traces", PROTOBUF, bytes(1 + (1 << 20)), {}, 413),
    ("/v1/traces", PROTOBUF, gzip.compress(bytes(1 << 24), mtime=0), {"content_encoding": "gzip"}, 413),
    ("/v1/traces", JSON, gzip.compress(bytes(1 << 19), mtime=0) * 3, {"content_encoding": "gzip"}, 413),
    ("/v1/traces", PROTOBUF, ENCODED["zstd"](bytes(1 << 30)), {"content_encoding": "zstd"}, 413),
    ("/v1/traces", PROTOBUF, zlib.compress(bytes(1 << 24)), {"content_encoding": "deflate"}, 413),
    ("/api/v2/spans", JSON, b"{}", {}, 400),
    ("/api/traces", "application/x-thrift", b"\x00", {}, 415),
]


@pytest.mark.parametrize(("path", "media", "body", "headers", "status"), BAD)
def test_what_is_wrong_is_told_as_a_status_in_the_encoding_of_the_request(
    client: TestClient, intake: Intake, path: str, media: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    response = post(client, body, media, path, **headers)
    assert response.status_code == status
    if media == PROTOBUF:
        told = Status.FromString(response.content)
        code, message = told.code, told.message
    else:
        code, message = response.json()["code"], response.json()["message"]
    assert code == {400: 3, 413: 8, 415: 3}[status]
    assert message
    assert "example" not in message
    assert response.headers["content-type"] == (PROTOBUF if media == PROTOBUF else JSON)
    assert ("accept-encoding" in response.headers) == ("encoding" in message and status == 415)
    signal = "traces" if "spans" in path or "traces" in path else path.rpartition("/")[2]
    assert intake.counters().received(signal).requests == 1  # type: ignore[arg-type]
    assert post(client, protobuf(spans(1))).status_code == 200, "and it goes on"
    assert intake.room.taken == 0


def test_only_post(client: TestClient) -> None:
    response = client.get("/v1/traces")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["code"] == 12


def test_a_damaged_request_costs_itself_not_its_neighbours(intake: Intake) -> None:
    from auditor.intake import Delivery

    bodies = [protobuf(spans(2, first=10 * number)) for number in range(1, 4)]
    bodies.insert(1, b"\x0a\xff\xff\xff")
    futures = [intake.deliver(Delivery("traces", "protobuf", "identity", body)) for body in bodies]
    assert [future.result(5).outcome for future in futures] == ["accepted", "rejected", "accepted", "accepted"]
    assert len(spans_in(intake.folder)) == 6


def test_zipkin_and_jaeger_json(client: TestClient, intake: Intake) -> None:
    zipkin = [{"traceId": "1" * 32, "id": "2" * 16, "name": "get", "kind": "SERVER", "timestamp": 1, "duration": 5}]
    jaeger = {"data": [{"traceID": "3" * 32, "processes": {}, "spans": [{"traceID": "3" * 32, "spanID": "4" * 16}]}]}
    assert post(client, json.dumps(zipkin).encode(), JSON, "/api/v2/spans").status_code == 202
    assert post(client, b"[]", JSON, "/api/v2/spans").status_code == 202
    assert post(client, json.dumps(jaeger).encode(), JSON, "/api/traces").status_code == 202
    assert spans_in(intake.folder) == [("1" * 32, "2" * 16), ("3" * 32, "4" * 16)]


@dataclass(frozen=True)
class Denied:
    status: int
    reason: str
    retry_after: int | None = None


def test_a_refusal_before_the_receivers_is_worded_and_counted_by_them(intake: Intake) -> None:
    refusals = Refusals(intake).by_path()
    scope = {"type": "http", "path": "/v1/traces", "headers": [(b"content-type", PROTOBUF.encode())]}
    response = refusals["/v1/traces"](scope, Denied(401, "This address needs a token."))
    assert Status.FromString(bytes(response.body)) == Status(code=16, message="This address needs a token.")
    limited = refusals["/v1/traces"](scope, Denied(429, "Too many.", 7))
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    assert dict(intake.counters())["traces", Outcome.REFUSED, Reason.DENIED] == Count(2, 0)
