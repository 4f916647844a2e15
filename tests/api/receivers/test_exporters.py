"""The exporters that senders really use: OpenTelemetry's SDK for Python, over HTTP and gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from tests.support.receiving import Receiver, running, spans_in


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journal")


@pytest.fixture(scope="module")
def receiver(folder: Path) -> Iterator[Receiver]:
    with running(folder, "--grpc") as one:
        yield one


def exporters(receiver: Receiver, kind: str) -> SpanExporter:
    url = f"http://127.0.0.1:{receiver.http}/v1/traces"
    if kind == "grpc":
        return GrpcExporter(endpoint=f"127.0.0.1:{receiver.grpc}", insecure=True, timeout=5)
    compression = {"http": Compression.NoCompression, "gzip": Compression.Gzip, "deflate": Compression.Deflate}[kind]
    return HttpExporter(endpoint=url, compression=compression, timeout=5)


@pytest.mark.parametrize("kind", ["http", "gzip", "deflate", "grpc"])
def test_the_sdk_delivers_its_spans(receiver: Receiver, folder: Path, kind: str) -> None:
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporters(receiver, kind)))
    tracer = provider.get_tracer("test")
    sent = set()
    for number in range(100):
        with tracer.start_as_current_span(f"GET /orders/{number}") as span:
            context = span.get_span_context()
            sent.add((f"{context.trace_id:032x}", f"{context.span_id:016x}"))
    provider.force_flush()
    provider.shutdown()
    assert sent <= set(spans_in(folder))
