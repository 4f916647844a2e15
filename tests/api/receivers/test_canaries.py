"""Nothing that was a value is seen again: not in the journal, its log, our logs or an answer."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from starlette.testclient import TestClient

from auditor.intake import Intake
from auditor.intake.journal import read_entries
from tests.support.canaries import Canaries, attribute, request
from tests.support.otlp import protobuf
from tests.support.receiving import batches_in

PROTOBUF, JSON = "application/x-protobuf", "application/json"


def metrics(c: Canaries) -> dict[str, Any]:
    labels = [attribute("k8s.src.owner.name", c.email()), attribute("dst.name", c.email()), attribute("who", c.word())]
    labels += [attribute("src.address", c.email()), attribute(c.email(), c.word()), attribute("direction", c.word())]
    points = [{"attributes": labels, "timeUnixNano": "5", "asInt": "7"}]
    named = [{"name": name, "sum": {"dataPoints": points}} for name in ("obi.network.flow.bytes", c.email())]
    resource = {"attributes": [attribute("service.name", c.email())]}
    scope = {"name": c.email(), "version": c.word()}
    return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"scope": scope, "metrics": named}]}]}


def logs(c: Canaries) -> dict[str, Any]:
    record = {
        "body": {"stringValue": c.word()},
        "severityText": c.word(),
        "attributes": [attribute(c.word(), c.word())],
    }
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}


def zipkin(c: Canaries) -> list[dict[str, Any]]:
    end = {"serviceName": "shop", "ipv4": c.word()}
    tags = {"http.url": f"http://h/{c.email()}?q={c.word()}", c.email(): c.word()}
    note = [{"timestamp": 1, "value": c.email()}]
    shared = {"localEndpoint": end, "remoteEndpoint": {"ipv4": c.word()}, "tags": tags, "annotations": note}
    return [{"traceId": "a" * 32, "id": "b" * 16, "name": c.email(), "kind": "CLIENT", **shared}]


def test_no_planted_value_is_ever_seen_again(
    client: TestClient, intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    c = Canaries()
    traces, flows, records = request(c), metrics(c), logs(c)
    sent = [
        ("/v1/traces", JSON, json.dumps(traces).encode(), 200),
        ("/v1/traces", PROTOBUF, protobuf(traces), 200),
        ("/v1/metrics", JSON, json.dumps(flows).encode(), 200),
        ("/v1/metrics", PROTOBUF, ParseDict(flows, ExportMetricsServiceRequest()).SerializeToString(), 200),
        ("/v1/logs", JSON, json.dumps(records).encode(), 200),
        ("/v1/logs", PROTOBUF, ParseDict(records, ExportLogsServiceRequest()).SerializeToString(), 200),
        ("/api/v2/spans", JSON, json.dumps(zipkin(c)).encode(), 202),
        ("/v1/traces", JSON, json.dumps({"resourceSpans": c.word()}).encode(), 400),
        ("/v1/traces", JSON, json.dumps(traces).encode()[:-5], 400),
        ("/v1/traces", PROTOBUF, protobuf(traces)[:-5], 400),
        ("/v1/traces", PROTOBUF, c.word().encode(), 400),
        ("/api/traces", JSON, json.dumps([c.word()]).encode(), 400),
        ("/v1/logs", f"text/{c.word()}", b"", 415),
    ]
    answers = []
    for path, media, body, status in sent:
        headers = {"content-type": media, "user-agent": c.word(), "authorization": f"Bearer {c.word()}"}
        response = client.post(f"{path}?token={c.word()}", content=body, headers=headers)
        assert response.status_code == status, path
        answers.append(f"{response.text} {response.headers}")
    entries = list(read_entries(intake.folder))
    assert {entry.content for entry in entries} == {"spans"}, "no flow had ends that may be named"
    kept = [str(part.to_pylist()) for batch in batches_in(intake.folder) for part in (batch.spans, batch.rows)]
    files = [file.read_bytes().decode("latin-1") for file in intake.folder.iterdir()]
    logged = [
        record.getMessage() for record in caplog.records if not record.name.startswith("http")
    ]  # the client's own
    everything = "\n".join([*answers, *kept, *files, *logged]).lower()
    assert len(set(c.planted)) > 500
    assert [value for value in c.planted if value.lower() in everything] == []
    assert any("users" in text for text in kept), "names are evidence, and stay"
