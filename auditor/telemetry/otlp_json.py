"""OTLP JSON to raw spans: the ExportTraceServiceRequest of opentelemetry-proto, in two flavours.

One has hex ids and enums as integers (the OTLP specification); the other base64 ids and enum names (protobuf's own
JSON, as tracing back ends' APIs return it), under `batches` or `trace`, with `instrumentationLibrarySpans` in old data.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator

from auditor.telemetry.raw import Attributes, BadSpan, Event, RawSpan, Value
from auditor.telemetry.values import int_of, list_of, span_id, text_of, time_ns, trace_id

Fault = Callable[[str], None]
KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
FLAG_REMOTE_KNOWN, FLAG_REMOTE = 0x100, 0x200
_MAX_DEPTH = 16
_ERROR = 2


def is_otlp(document: dict[str, Value]) -> bool:
    """Whether a JSON object is an OTLP trace request."""
    trace = document.get("trace")
    inner = trace if isinstance(trace, dict) else document
    return any("resourceSpans" in part or "batches" in part for part in (document, inner))


def is_other_signal(document: dict[str, Value]) -> bool:
    """Whether a JSON object is an OTLP request of metrics, logs or profiles."""
    return any(key in document for key in ("resourceMetrics", "resourceLogs", "resourceProfiles"))


def read_otlp(document: dict[str, Value], fault: Fault) -> Iterator[RawSpan]:
    """The spans of one request. What is no span is told to `fault` in words that quote nothing, and left out."""
    inner = document.get("trace")
    if isinstance(inner, dict) and "resourceSpans" not in document and "batches" not in document:
        document = inner
    for resource_spans in list_of(document.get("resourceSpans") or document.get("batches")):
        if not isinstance(resource_spans, dict):
            fault("an entry of resourceSpans is not an object")
            continue
        resource = resource_spans.get("resource")
        attributes = read_attributes(resource.get("attributes")) if isinstance(resource, dict) else {}
        scopes = resource_spans.get("scopeSpans") or resource_spans.get("instrumentationLibrarySpans")
        if scopes is not None and not isinstance(scopes, list):
            fault("scopeSpans is not a list")
        for scope_spans in list_of(scopes):
            if not isinstance(scope_spans, dict):
                fault("an entry of scopeSpans is not an object")
                continue
            scope = scope_spans.get("scope") or scope_spans.get("instrumentationLibrary")
            name = text_of(scope.get("name")) if isinstance(scope, dict) else None
            for span in list_of(scope_spans.get("spans")):
                try:
                    yield _span(span, attributes, name)
                except BadSpan as bad:
                    fault(str(bad))


def read_attributes(items: Value) -> dict[str, Value]:
    """A list of key-value pairs to a dict; pairs that are none are left out."""
    result: dict[str, Value] = {}
    for item in list_of(items):
        if isinstance(item, dict) and isinstance(key := item.get("key"), str):
            value = item.get("value")
            if isinstance(value, dict):
                result[key] = value["stringValue"] if "stringValue" in value else _any_value(value, 0)
    return result


def _any_value(value: Value, depth: int) -> Value:
    if not isinstance(value, dict) or depth > _MAX_DEPTH:
        return None
    for kind, content in value.items():
        if kind == "intValue":
            return int_of(content)
        if kind in ("stringValue", "boolValue", "doubleValue"):
            return content
        if kind == "arrayValue":
            items = list_of(content.get("values")) if isinstance(content, dict) else []
            return [_any_value(item, depth + 1) for item in items]
        if kind == "kvlistValue":
            pairs = list_of(content.get("values")) if isinstance(content, dict) else []
            return {
                pair["key"]: _any_value(pair.get("value"), depth + 1)
                for pair in pairs
                if isinstance(pair, dict) and isinstance(pair.get("key"), str)
            }
        if kind == "bytesValue":
            return _bytes(content)
    return None


def _bytes(content: Value) -> bytes | None:
    try:
        return base64.b64decode(content) if isinstance(content, str) else None
    except (binascii.Error, ValueError):
        return None


def _span(span: Value, resource: Attributes, scope: str | None) -> RawSpan:
    if not isinstance(span, dict):
        raise BadSpan("an entry of spans is not an object")
    trace, own = trace_id(span.get("traceId")), span_id(span.get("spanId"))
    if trace is None or own is None:
        raise BadSpan("a span without a trace id or span id")
    status = span.get("status")
    code, message = (status.get("code"), status.get("message")) if isinstance(status, dict) else (None, None)
    flags = int_of(span.get("flags")) or 0
    start = time_ns(span.get("startTimeUnixNano"))
    return RawSpan(
        trace_id=trace,
        span_id=own,
        parent_id=span_id(span.get("parentSpanId")),
        resource=resource,
        name=text_of(span.get("name")) or "",
        kind=_kind(span.get("kind")),
        start_ns=start,
        end_ns=time_ns(span.get("endTimeUnixNano")),
        attributes=read_attributes(span.get("attributes")),
        scope=scope,
        links=tuple(_links(span.get("links"))),
        remote_parent=bool(flags & FLAG_REMOTE) if flags & FLAG_REMOTE_KNOWN else None,
        error=code in (_ERROR, "STATUS_CODE_ERROR"),
        status_message=message if isinstance(message, str) else "",
        events=tuple(_events(span.get("events"))),
        trace_state=text_of(span.get("traceState")) or "",
    )


def _kind(kind: Value) -> str:
    if isinstance(kind, str):
        name = kind.removeprefix("SPAN_KIND_").lower()
        if name in KINDS:
            return name
    number = int_of(kind)
    return KINDS[number] if number is not None and 0 <= number < len(KINDS) else "unspecified"


def _links(links: Value) -> Iterator[tuple[str, str]]:
    for link in list_of(links):
        if isinstance(link, dict):
            trace, own = trace_id(link.get("traceId")), span_id(link.get("spanId"))
            if trace is not None and own is not None:
                yield trace, own


def _events(events: Value) -> Iterator[Event]:
    for event in list_of(events):
        if isinstance(event, dict):
            yield Event(text_of(event.get("name")) or "", read_attributes(event.get("attributes")))
