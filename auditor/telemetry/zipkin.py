"""Zipkin v2 JSON to raw spans: lists of spans, lists of such lists, or a span a line.

A Zipkin span may come in pieces: the client's and the server's half under one id, and late fragments of either. So a
whole file is gathered first, the pieces of each half are put together, and the halves get ids of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from auditor.telemetry.raw import Event, RawSpan, Value
from auditor.telemetry.values import int_of, list_of, span_id, text_of, time_ns, trace_id

Fault = Callable[[str], None]
_MICROSECOND = 1000
_KINDS = ("client", "server", "producer", "consumer")
_CALLING = ("client", "producer")
_CLIENT_HALF = "~client"


@dataclass(slots=True)
class _Half:
    """One side's view of a Zipkin span, put together from its fragments."""

    trace: str
    id: str
    parent: str | None
    service: str | None
    kind: str | None = None
    name: str = ""
    start_us: int | None = None
    duration_us: int | None = None
    tags: dict[str, Value] = field(default_factory=dict)
    annotations: list[str] = field(default_factory=list)
    remote: dict[str, Value] = field(default_factory=dict)
    new_id: str = ""

    def add(self, other: _Half) -> None:
        """Take over what only the other fragment tells."""
        self.parent = self.parent or other.parent
        self.kind = self.kind or other.kind
        self.name = self.name or other.name
        self.start_us = other.start_us if self.start_us is None else self.start_us
        self.duration_us = other.duration_us if self.duration_us is None else self.duration_us
        self.tags = other.tags | self.tags
        self.annotations += other.annotations
        self.remote = self.remote or other.remote


def is_zipkin(document: Value) -> bool:
    """Whether a JSON value is a Zipkin v2 span or a list, or list of lists, of them. An empty list is one too."""
    for _ in range(2):
        if isinstance(document, list):
            if not document:
                return True
            document = document[0]
    return isinstance(document, dict) and "traceId" in document and "id" in document


def flat(document: Value) -> Iterator[Value]:
    """The spans of a document, still as they came."""
    if isinstance(document, list):
        for item in document:
            yield from flat(item) if isinstance(item, list) else iter([item])
    else:
        yield document


def read_zipkin(spans: Iterable[Value], fault: Fault) -> Iterator[RawSpan]:
    """All spans of a file. What is no span is told to `fault` in words that quote nothing, and left out."""
    groups: dict[tuple[str, str], list[_Half]] = defaultdict(list)
    for span in spans:
        half = _half(span)
        if half is None:
            fault("an entry that is no span with a trace id and an id")
        else:
            groups[half.trace, half.id].append(half)
    merged = {key: _merge(pieces) for key, pieces in groups.items()}
    for halves in merged.values():
        _name_halves(halves)
    first = _first_times(merged)
    for (trace, _), halves in merged.items():
        for half in halves:
            yield _raw(half, halves, merged.get((trace, half.parent or ""), []), first.get(trace, 0))


def _half(span: Value) -> _Half | None:
    if not isinstance(span, dict):
        return None
    trace, own = trace_id(span.get("traceId")), span_id(span.get("id"))
    if trace is None or own is None:
        return None
    local, remote, tags = span.get("localEndpoint"), span.get("remoteEndpoint"), span.get("tags")
    kind = (text_of(span.get("kind")) or "").lower()
    annotations = (text_of(note.get("value")) for note in list_of(span.get("annotations")) if isinstance(note, dict))
    return _Half(
        trace,
        own,
        span_id(span.get("parentId")),
        text_of(local.get("serviceName")) if isinstance(local, dict) else None,
        kind if kind in _KINDS else None,
        (text_of(span.get("name")) or "").strip(),
        int_of(span.get("timestamp")),
        int_of(span.get("duration")),
        {key: text_of(value) or "" for key, value in tags.items()} if isinstance(tags, dict) else {},
        [note for note in annotations if note],
        remote if isinstance(remote, dict) else {},
    )


def _merge(pieces: list[_Half]) -> list[_Half]:
    """The halves that the pieces of one id make. A piece without a kind belongs to its service's half, if there is one.

    Two pieces of one kind and service are the same half, unless they began at different times: then one message went
    to several consumers.
    """
    halves: list[_Half] = []
    for piece in sorted(pieces, key=lambda piece: (piece.kind is None, piece.start_us is None, piece.start_us or 0)):
        for half in halves:
            fits = piece.kind is None or half.kind is None or piece.kind == half.kind
            same_time = piece.kind is None or piece.start_us is None or piece.start_us == half.start_us
            if half.service == piece.service and fits and same_time:
                half.add(piece)
                break
        else:
            halves.append(piece)
    return halves


def _name_halves(halves: list[_Half]) -> None:
    """Give halves that share an id different ones: the called side keeps it, for the spans below belong to it."""
    calling = [half for half in halves if half.kind in _CALLING]
    called = [half for half in halves if half.kind not in _CALLING]
    for number, half in enumerate(called):
        half.new_id = half.id if number == 0 else f"{half.id}~{number + 1}"
    for number, half in enumerate(calling):
        suffix = _CLIENT_HALF if called else ""
        half.new_id = half.id + suffix + (f"~{number + 1}" if number else "")


def _first_times(merged: dict[tuple[str, str], list[_Half]]) -> dict[str, int]:
    """The earliest start of each trace: better than 1970 for a half without a time."""
    first: dict[str, int] = {}
    for (trace, _), halves in merged.items():
        for half in halves:
            if half.start_us:
                first[trace] = min(first.get(trace, half.start_us), half.start_us)
    return first


def _parent(half: _Half, siblings: list[_Half], above: list[_Half]) -> tuple[str | None, bool]:
    """(id of the parent, whether it is of the same service)."""
    if half.kind not in _CALLING:
        callers = [other for other in siblings if other.kind in _CALLING]
        if callers:
            return callers[0].new_id, callers[0].service == half.service
    own = [other for other in above if other.service == half.service]
    candidates = sorted(own or above, key=lambda other: other.kind in _CALLING)
    return (candidates[0].new_id if candidates else half.parent), bool(own)


def _raw(half: _Half, siblings: list[_Half], above: list[_Half], first_us: int) -> RawSpan:
    parent, is_local = _parent(half, siblings, above)
    times = [other.start_us for other in (half, *siblings, *above) if other.start_us]
    start = time_ns(times[0] if times else first_us, _MICROSECOND)
    host = half.remote.get("ipv4") or half.remote.get("ipv6")
    return RawSpan(
        trace_id=half.trace,
        span_id=half.new_id,
        parent_id=parent,
        resource={},
        service=half.service,
        name=half.name,
        kind=half.kind or ("internal" if is_local else "unspecified"),
        start_ns=start,
        end_ns=start + time_ns(half.duration_us, _MICROSECOND),
        attributes=half.tags,
        error="error" in half.tags and half.tags["error"] not in ("false", False),
        events=tuple(Event(note, {}) for note in half.annotations),
        peer=text_of(half.remote.get("serviceName")),
        peer_host=text_of(host),
        peer_port=int_of(half.remote.get("port")),
    )
