"""A span as every format tells it, before redaction: lives in memory only, between a reader and `build`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# An attribute's value: text, int, float, bool, bytes, a list, a dict or None.
Value = object
Attributes = Mapping[str, Value]

KINDS = ("server", "client", "producer", "consumer", "internal", "unspecified")


class BadSpan(ValueError):
    """A record that is no usable span. Its text says why and never quotes the record."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a span: an exception, a log line."""

    name: str
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class RawSpan:
    """One span. Ids are as `ids` makes them; times are nanoseconds since the epoch; `peer` is Zipkin's remote side."""

    trace_id: str
    span_id: str
    parent_id: str | None
    resource: Attributes
    name: str
    kind: str
    start_ns: int
    end_ns: int
    attributes: Attributes
    scope: str | None = None
    links: tuple[tuple[str, str], ...] = ()
    remote_parent: bool | None = None
    error: bool = False
    status_message: str = ""
    events: tuple[Event, ...] = ()
    trace_state: str = ""
    weight: float | None = None  # as the format itself states it; the trace state is read by `build`
    peer: str | None = None
    peer_host: str | None = None
    peer_port: int | None = None
    service: str | None = None  # a format's own word for the service, when it has one
