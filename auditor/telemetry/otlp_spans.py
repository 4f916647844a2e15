"""Single spans out of flat columns, as raw as every reader gives them."""

from __future__ import annotations

from auditor.telemetry.flat import Flat
from auditor.telemetry.raw import Event, RawSpan


class RawSpans:
    """The spans of a batch by their index."""

    def __init__(self, flat: Flat) -> None:
        self._flat = flat

    @property
    def any_links(self) -> bool:
        """Whether any span of the batch has links."""
        return bool(self._flat.links)

    def links(self, index: int) -> list[dict[str, str]] | None:
        """The links of a span, as a row has them."""
        found = self._flat.links.get(index, ())
        return [{"trace_id": trace, "span_id": own} for trace, own in found] or None

    def __getitem__(self, index: int) -> RawSpan:
        """The span but for its links, which are no part of what spans share."""
        flat = self._flat
        return RawSpan(
            trace_id=flat.trace_id[index].as_py() or "",
            span_id=flat.span_id[index].as_py() or "",
            parent_id=flat.parent_id[index].as_py(),
            resource=flat.read_resource(flat.resource[index]),
            name=flat.name[index],
            kind=flat.kind[index],
            start_ns=flat.start_ns[index].as_py(),
            end_ns=flat.end_ns[index].as_py(),
            attributes=flat.attributes.of(index),
            scope=flat.scope[index],
            remote_parent=flat.remote_parent[index],
            error=flat.error[index],
            status_message=flat.status_message[index],
            events=self._events(index),
            trace_state=flat.trace_state[index],
        )

    def _events(self, index: int) -> tuple[Event, ...]:
        events = self._flat.events
        if events is None:
            return ()
        places = range(int(events.begins[index]), int(events.begins[index + 1]))
        return tuple(Event(events.name[place], events.attributes.of(place)) for place in places)
