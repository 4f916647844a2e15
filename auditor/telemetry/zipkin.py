"""Zipkin v2 JSON to raw spans: lists of spans, lists of such lists, or a span a line.

A Zipkin span may come in pieces: the client's and the server's half under one id, and late fragments of either. So a
whole file is gathered first, the pieces of each half are put together (`zipkin_halves.py`), and the halves get ids of
their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from auditor.telemetry.raw import Event, RawSpan, Value
from auditor.telemetry.values import int_of, list_of, span_id, text_of, time_ns, trace_id
from auditor.telemetry.zipkin_halves import Half, Settled

Fault = Callable[[str], None]
_MICROSECOND = 1000
_KINDS = ("client", "server", "producer", "consumer")


def is_zipkin(document: Value) -> bool:
    """Whether a JSON value is a Zipkin v2 span or a list, or list of lists, of them. An empty list is one too."""
    for _ in range(2):
        if isinstance(document, list):
            if not document:
                return True
            document = document[0]
    return isinstance(document, dict) and "traceId" in document and "id" in document


def read_zipkin(document: Value, fault: Fault) -> Iterator[Half]:
    """The pieces of spans in a document. What is none is told to `fault` in words that quote nothing, and left out."""
    for span in _flat(document):
        half = _half(span)
        if half is None:
            fault("an entry that is no span with a trace id and an id")
        else:
            yield half


def raw_of(settled: Settled) -> RawSpan:
    """The span of a half whose place is known."""
    half = settled.half
    tags: dict[str, Value] = {}
    remote: Mapping[str, Value] = {}
    for piece in half.pieces:
        tags = {**piece.tags, **tags}
        remote = remote or piece.remote
    start = time_ns(settled.start_us, _MICROSECOND)
    name, host, port = other_side(remote)
    return RawSpan(
        trace_id=half.trace,
        span_id=half.new_id,
        parent_id=settled.parent,
        resource={},
        service=half.service,
        name=half.name,
        kind=settled.kind,
        start_ns=start,
        end_ns=start + time_ns(half.duration_us, _MICROSECOND),
        attributes=tags,
        error=is_error(tags),
        events=tuple(Event(note, {}) for piece in half.pieces for note in piece.annotations),
        peer=name,
        peer_host=host,
        peer_port=port,
    )


def kind_of(kind: Value) -> str | None:
    """The span's kind, if it states one."""
    name = (text_of(kind) or "").lower()
    return name if name in _KINDS else None


def name_of(name: Value) -> str:
    """The span's name."""
    return (text_of(name) or "").strip()


def service_of(endpoint: Value) -> str | None:
    """The name of a service at an endpoint."""
    return text_of(endpoint.get("serviceName")) if isinstance(endpoint, dict) else None


def tag_value(value: Value) -> str:
    """The value of a tag."""
    return text_of(value) or ""


def is_error(tags: Mapping[str, Value]) -> bool:
    """Whether the span failed."""
    return "error" in tags and tags["error"] not in ("false", False)


def other_side(remote: Mapping[str, Value]) -> tuple[str | None, str | None, int | None]:
    """(name, host, port) of a remote endpoint."""
    host = remote.get("ipv4") or remote.get("ipv6")
    return text_of(remote.get("serviceName")), text_of(host), int_of(remote.get("port"))


@dataclass(frozen=True, slots=True)
class _Told:
    tags: Mapping[str, Value]
    annotations: list[str]
    remote: Mapping[str, Value]


def _flat(document: Value) -> Iterator[Value]:
    if isinstance(document, list):
        for item in document:
            yield from _flat(item) if isinstance(item, list) else iter([item])
    else:
        yield document


def _half(span: Value) -> Half | None:
    if not isinstance(span, dict):
        return None
    trace, own = trace_id(span.get("traceId")), span_id(span.get("id"))
    if trace is None or own is None:
        return None
    remote, tags = span.get("remoteEndpoint"), span.get("tags")
    annotations = (text_of(note.get("value")) for note in list_of(span.get("annotations")) if isinstance(note, dict))
    told = _Told(
        {key: tag_value(value) for key, value in tags.items()} if isinstance(tags, dict) else {},
        [note for note in annotations if note],
        remote if isinstance(remote, dict) else {},
    )
    return Half(
        trace,
        own,
        span_id(span.get("parentId")),
        service_of(span.get("localEndpoint")),
        kind_of(span.get("kind")),
        name_of(span.get("name")),
        int_of(span.get("timestamp")),
        int_of(span.get("duration")),
        [told],
    )
