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
        attributes = read_resource(resource_spans.get("resource"))
        scopes = resource_spans.get("scopeSpans") or resource_spans.get("instrumentationLibrarySpans")
        if scopes is not None and not isinstance(scopes, list):
            fault("scopeSpans is not a list")
        for scope_spans in list_of(scopes):
            if not isinstance(scope_spans, dict):
                fault("an entry of scopeSpans is not an object")
                continue
            name = scope_name(scope_spans.get("scope") or scope_spans.get("instrumentationLibrary"))
            for span in list_of(scope_spans.get("spans")):
                try:
                    yield _span(span, attributes, name)
                except BadSpan as bad:
                    fault(str(bad))


def read_resource(resource: Value) -> dict[str, Value]:
    """The attributes of a resource."""
    return read_attributes(resource.get("attributes")) if isinstance(resource, dict) else {}


def scope_name(scope: Value) -> str | None:
    """The name of an instrumentation scope."""
    return text_of(scope.get("name")) if isinstance(scope, dict) else None


def read_attributes(items: Value) -> dict[str, Value]:
    """A list of key-value pairs to a dict; pairs that are none are left out."""
    result: dict[str, Value] = {}
    for item in list_of(items):
        if isinstance(item, dict) and isinstance(key := item.get("key"), str):
            value = item.get("value")
            if isinstance(value, dict):
                result[key] = value_of(value)
    return result


def value_of(value: dict[str, Value]) -> Value:
    """What an AnyValue holds; lists and maps down to a depth of 16."""
    return value["stringValue"] if "stringValue" in value else _any_value(value, 0)


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
    error, message = read_status(span.get("status"))
    start = time_ns(span.get("startTimeUnixNano"))
    return RawSpan(
        trace_id=trace,
        span_id=own,
        parent_id=span_id(span.get("parentSpanId")),
        resource=resource,
        name=text_of(span.get("name")) or "",
        kind=kind_of(span.get("kind")),
        start_ns=start,
        end_ns=time_ns(span.get("endTimeUnixNano")),
        attributes=read_attributes(span.get("attributes")),
        scope=scope,
        links=read_links(span.get("links")),
        remote_parent=remote_parent_of(int_of(span.get("flags")) or 0),
        error=error,
        status_message=message,
        events=tuple(_events(span.get("events"))),
        trace_state=text_of(span.get("traceState")) or "",
    )


def read_status(status: Value) -> tuple[bool, str]:
    """Whether a span failed, and what is said of it."""
    if not isinstance(status, dict):
        return False, ""
    message = status.get("message")
    return status.get("code") in (_ERROR, "STATUS_CODE_ERROR"), message if isinstance(message, str) else ""


def remote_parent_of(flags: int) -> bool | None:
    """Whether the parent is known to lie elsewhere; None when the flags do not say."""
    return bool(flags & FLAG_REMOTE) if flags & FLAG_REMOTE_KNOWN else None


def kind_of(kind: Value) -> str:
    """The name of a span's kind, which is a name already or a number."""
    if isinstance(kind, str):
        name = kind.removeprefix("SPAN_KIND_").lower()
        if name in KINDS:
            return name
    number = int_of(kind)
    return KINDS[number] if number is not None and 0 <= number < len(KINDS) else "unspecified"


def read_links(links: Value) -> tuple[tuple[str, str], ...]:
    """(trace id, span id) of every link that has both."""
    there = (link for link in list_of(links) if isinstance(link, dict))
    found = ((trace_id(link.get("traceId")), span_id(link.get("spanId"))) for link in there)
    return tuple((trace, own) for trace, own in found if trace is not None and own is not None)


def _events(events: Value) -> Iterator[Event]:
    for event in list_of(events):
        if isinstance(event, dict):
            yield Event(text_of(event.get("name")) or "", read_attributes(event.get("attributes")))
