"""Single spans out of flat columns, as raw as every reader gives them."""

from __future__ import annotations

from auditor.telemetry.flat import Flat
from auditor.telemetry.ids import span_text, trace_text
from auditor.telemetry.raw import Event, RawSpan


class RawSpans:
    """The spans of a batch by their index."""

    def __init__(self, flat: Flat) -> None:
        self._flat = flat

    def __getitem__(self, index: int) -> RawSpan:
        """The span but for its links, which are no part of what spans share."""
        flat = self._flat
        remote = flat.remote[index]
        parent = span_text(int(flat.parent.words[index, 0])) if flat.parent.there[index] else None
        return RawSpan(
            trace_id=trace_text(*flat.trace.words[index].tolist()),
            span_id=span_text(int(flat.own.words[index, 0])),
            parent_id=parent,
            resource=flat.read_resource(flat.resource[index]),
            name=flat.name[index],
            kind=flat.kind[index],
            start_ns=int(flat.start_ns[index]),
            end_ns=int(flat.end_ns[index]),
            attributes=flat.attributes.of(index),
            scope=flat.scope[index],
            remote_parent=flat.remote_parent[index],
            error=flat.error[index],
            status_message=flat.status_message[index],
            events=self._events(index),
            weight=flat.weight[index],
            peer=remote.name,
            peer_host=remote.host,
            peer_port=remote.port,
            service=flat.service[index],
        )

    def _events(self, index: int) -> tuple[Event, ...]:
        events = self._flat.events
        if events is None:
            return ()
        places = range(int(events.begins[index]), int(events.begins[index + 1]))
        own = events.attributes
        return tuple(Event(events.name[place], own.of(place) if own else {}) for place in places)
