"""Traces of the auditor itself, to an OTLP endpoint: the only import of the OpenTelemetry SDK. Off unless configured.

Spans say a route and a status, never an address. Requests that bring telemetry make none, so that what is sent here
can come back to the auditor without ever making it send more. Audits make one, and are not made for these alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from auditor.operation.itself import SERVICE


class SelfTracing:
    """Makes a span for each request. `endpoint` is the whole address, with /v1/traces."""

    def __init__(self, endpoint: str) -> None:
        resource = Resource({"service.name": SERVICE, "service.version": version("privacy-auditor")})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint)))
        self._tracer = self._provider.get_tracer(SERVICE)
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, method: str, route: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """A span around a request, within the trace of the caller when it is in one."""
        attributes = {"http.request.method": method, "http.route": route}
        within = self._propagator.extract(headers)
        with self._tracer.start_as_current_span(
            f"{method} {route}",
            within,
            SpanKind.SERVER,
            attributes,
            record_exception=False,  # its text may quote input
            set_status_on_exception=False,
        ) as span:
            yield span

    @contextmanager
    def audit(self) -> Iterator[None]:
        """A span around an audit, in a trace of its own."""
        with self._tracer.start_as_current_span(
            "audit", Context(), SpanKind.INTERNAL, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Exception:
                span.set_status(StatusCode.ERROR)
                raise

    def close(self) -> None:
        """Send what is left, for at most a few seconds."""
        self._provider.force_flush(3000)
        self._provider.shutdown()


def answered(span: Span, status: int) -> None:
    """Note the status of the answer."""
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
