"""Traces of itself: templates only, and no loop when they come back to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from api.app import create_app
from auditor.operation.settings import Serve


class Collector(HTTPServer):
    """Keeps the bodies that it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Keeps)
        self.bodies: list[bytes] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/traces"


class _Keeps(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        self.server.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_spans_hold_templates_and_continue_the_callers_trace(folder: Path, collector: Collector) -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with TestClient(create_app(folder, settings=Serve(tracing=collector.address))) as client:
        client.get("/api/flows/canary?category=canary", headers={"traceparent": parent, "user-agent": "canary"})
    (span,) = spans(collector)
    assert span.name == "GET /api/flows/{id}"
    assert span.trace_id.hex() == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert not any(b"canary" in body for body in collector.bodies)


def test_telemetry_that_comes_in_makes_none(folder: Path, collector: Collector) -> None:
    with TestClient(create_app(folder, settings=Serve(tracing=collector.address))) as client:
        client.get("/api/flows")
        for path in ("/v1/traces", "/v1/metrics", "/v1/logs", "/api/traces", "/api/v2/spans"):
            client.post(path, content=b"")
        for path in ("/healthz", "/readyz", "/metrics"):
            client.get(path)
    assert [span.name for span in spans(collector)] == ["GET /api/flows"]


def spans(collector: Collector) -> list[object]:
    found = []
    for body in collector.bodies:
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found
