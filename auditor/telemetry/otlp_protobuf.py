"""OTLP protobuf to raw spans, by the official library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from auditor.telemetry.otlp_json import KINDS, remote_parent_of
from auditor.telemetry.raw import Attributes, Event, RawSpan, Value
from auditor.telemetry.values import span_id, time_ns, trace_id

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

Fault = Callable[[str], None]
ERROR = 2
NO_REQUEST = "is not an OTLP trace request"
_MAX_DEPTH = 16


def read_request(data: bytes, fault: Fault) -> Iterator[RawSpan]:
    """The spans of one encoded ExportTraceServiceRequest. What is no span is told to `fault` and left out."""
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(data)
    except (DecodeError, RecursionError):
        fault(NO_REQUEST)
        return
    for resource_spans in request.resource_spans:
        resource = attributes_of(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            scope = scope_spans.scope.name or None
            for span in scope_spans.spans:
                raw = _span(span, resource, scope)
                if raw is None:
                    fault("a span without a trace id or span id")
                else:
                    yield raw


def _span(span: Span, resource: Attributes, scope: str | None) -> RawSpan | None:
    trace, own = trace_id(span.trace_id), span_id(span.span_id)
    if trace is None or own is None:
        return None
    return RawSpan(
        trace_id=trace,
        span_id=own,
        parent_id=span_id(span.parent_span_id),
        resource=resource,
        name=span.name,
        kind=kind_of(span.kind),
        start_ns=time_ns(span.start_time_unix_nano),
        end_ns=time_ns(span.end_time_unix_nano),
        attributes=attributes_of(span.attributes),
        scope=scope,
        links=tuple(
            (linked_trace, linked)
            for link in span.links
            if (linked_trace := trace_id(link.trace_id)) and (linked := span_id(link.span_id))
        ),
        remote_parent=remote_parent_of(span.flags),
        error=span.status.code == ERROR,
        status_message=span.status.message,
        events=tuple(Event(event.name, attributes_of(event.attributes)) for event in span.events),
        trace_state=span.trace_state,
    )


def kind_of(number: int) -> str:
    """The name of a span's kind."""
    return KINDS[number] if 0 <= number < len(KINDS) else "unspecified"


def attributes_of(pairs: Iterable[KeyValue]) -> dict[str, Value]:
    """Key-value pairs to a dict."""
    return {pair.key: value_of(pair.value, 0) for pair in pairs}


def value_of(value: AnyValue, depth: int) -> Value:
    """What an AnyValue holds; lists and maps down to a depth of 16."""
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "int_value":
            return value.int_value
        case "bool_value":
            return value.bool_value
        case "double_value":
            return value.double_value
        case "array_value" if depth <= _MAX_DEPTH:
            return [value_of(item, depth + 1) for item in value.array_value.values]
        case "kvlist_value" if depth <= _MAX_DEPTH:
            return {pair.key: value_of(pair.value, depth + 1) for pair in value.kvlist_value.values}
        case "bytes_value":
            return value.bytes_value
    return None
