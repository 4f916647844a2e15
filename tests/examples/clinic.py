"""Reads a recording of the clinic."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.commands import CAPTURE, CLINIC

SERVICES = frozenset("portal patients billing triage records doctor notifier claims lab export".split())
QUEUES = frozenset({"appointment-reminders", "lab-orders"})
OUTSIDERS = frozenset({"api.llm.example"}).union(
    f"{name}.example.test" for name in ("payments", "mail", "insurer", "laboratory", "files")
)
SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5  # kinds of spans in OTLP
BROWSER = "browser (external client)"

Span = tuple[str, dict[str, Any], dict[str, str]]  # service, span, its attributes


def attributes(owner: dict[str, Any]) -> dict[str, str]:
    """Key to value, values as text."""
    return {a["key"]: str(next(iter(a["value"].values()), "")) for a in owner.get("attributes", ())}


@dataclass(frozen=True)
class Recording:
    """A folder that `python -m recorder` wrote."""

    folder: Path

    def text(self, name: str) -> str:
        """A file, unpacked."""
        body = (self.folder / name).read_bytes()
        return (gzip.decompress(body) if name.endswith(".gz") else body).decode("utf-8", "replace")

    def document(self, name: str) -> Any:
        """A JSON file."""
        return json.loads(self.text(name))

    @cached_property
    def resources(self) -> list[dict[str, Any]]:
        """What each service sent."""
        requests = map(json.loads, self.text("traces.otlp.jsonl.gz").splitlines())
        return [resource for request in requests for resource in request["resourceSpans"]]

    @cached_property
    def spans(self) -> list[Span]:
        """All spans, in the order in which they came."""
        return [
            (attributes(resource["resource"])["service.name"], span, attributes(span))
            for resource in self.resources
            for scope in resource["scopeSpans"]
            for span in scope["spans"]
        ]

    @cached_property
    def flows(self) -> set[tuple[str, str, str]]:
        """(field, from, to) of the ground truth."""
        return {(flow["field"], flow["from"], flow["to"]) for flow in self.document("truth.json")}

    def protobuf(self) -> list[ExportTraceServiceRequest]:
        """The requests as they came."""
        body = gzip.decompress((self.folder / "traces.otlp.pb.gz").read_bytes())
        return [ExportTraceServiceRequest.FromString(frame) for frame in _frames(body)]


def _frames(body: bytes) -> Iterator[bytes]:
    """Messages that each have their length before them, as a varint."""
    at = 0
    while at < len(body):
        size = shift = 0
        while True:
            byte = body[at]
            at, size, shift = at + 1, size | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                break
        assert at + size <= len(body), "the last message is cut off"
        yield body[at : at + size]
        at += size


WHOLE = Recording(CAPTURE)
BASELINE, MORE_COLUMNS, LLM = (Recording(CLINIC / "changes" / name) for name in ("baseline", "more-columns", "llm"))
