"""Small OTLP JSON requests for tests, and the same in protobuf."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

TRACE = "0af7651916cd43dd8448eb211c80319c"
KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")


def value(content: Any) -> dict[str, Any]:
    """An AnyValue."""
    match content:
        case bool():
            return {"boolValue": content}
        case int():
            return {"intValue": str(content)}
        case float():
            return {"doubleValue": content}
        case list():
            return {"arrayValue": {"values": [value(item) for item in content]}}
        case dict():
            return {"kvlistValue": {"values": attributes(content)}}
    return {"stringValue": content}


def attributes(pairs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A list of KeyValue."""
    return [{"key": key, "value": value(content)} for key, content in pairs.items()]


def span(number: int, kind: str, name: str, pairs: Mapping[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A span whose id is `number`; further fields in OTLP's own spelling."""
    return {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "name": name,
        "kind": KINDS.index(kind),
        "startTimeUnixNano": str(1_700_000_000_000_000_000 + number),
        "endTimeUnixNano": str(1_700_000_000_000_001_000 + number),
        "attributes": attributes(pairs or {}),
        **fields,
    }


def request(*spans: dict[str, Any], resource: Mapping[str, Any] | None = None, scope: str = "lib") -> dict[str, Any]:
    """An ExportTraceServiceRequest of one resource, by default the service `shop`."""
    own = {"service.name": "shop"} if resource is None else resource
    scope_spans = [{"scope": {"name": scope}, "spans": list(spans)}]
    return {"resourceSpans": [{"resource": {"attributes": attributes(own)}, "scopeSpans": scope_spans}]}


def protobuf(document: dict[str, Any]) -> bytes:
    """The same request in protobuf."""
    copy = json.loads(json.dumps(document))
    for resource_spans in copy["resourceSpans"]:
        for scope_spans in resource_spans["scopeSpans"]:
            for one in scope_spans["spans"]:
                for owner in (one, *one.get("links", [])):
                    for key in ("traceId", "spanId", "parentSpanId"):
                        if key in owner:
                            owner[key] = base64.b64encode(bytes.fromhex(owner[key])).decode()
    encoded: bytes = ParseDict(copy, ExportTraceServiceRequest()).SerializeToString()
    return encoded


def varint(number: int) -> bytes:
    """A length as protobuf writes it."""
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])
