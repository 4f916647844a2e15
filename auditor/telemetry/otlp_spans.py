"""Single spans out of flat columns, as raw as every reader gives them."""

from __future__ import annotations

from typing import Any

import numpy as np

from auditor.telemetry.columns import Ints, pc
from auditor.telemetry.otlp_arrow import Flat
from auditor.telemetry.otlp_nested import NESTED, nested
from auditor.telemetry.otlp_protobuf import ERROR, kind_of, remote_parent_of
from auditor.telemetry.raw import Event, RawSpan, Value
from auditor.telemetry.values import span_id, time_ns, trace_id


class RawSpans:
    """The spans of a batch by their index."""

    def __init__(self, flat: Flat) -> None:
        self._flat = flat
        self._resources: dict[int, dict[str, Value]] = {}

    @property
    def linked(self) -> Ints:
        """The indices of the spans that have links."""
        lengths = pc.list_value_length(pc.struct_field(self._flat.spans, "links")).fill_null(0)
        found: Ints = np.flatnonzero(lengths.to_numpy(zero_copy_only=False))
        return found

    def links(self, index: int) -> list[tuple[str, str]]:
        """(trace id, span id) of the spans that a span links to."""
        links = pc.struct_field(self._flat.spans, "links")[index].as_py()
        pairs = ((trace_id(link["trace_id"]), span_id(link["span_id"])) for link in links)
        return [(trace, own) for trace, own in pairs if trace and own]

    def resource(self, index: int) -> dict[str, Value]:
        """The attributes of a resource."""
        if index not in self._resources:
            self._resources[index] = _slice(self._flat.resources, index)
        return self._resources[index]

    def __getitem__(self, index: int) -> RawSpan:
        span: dict[str, Any] = self._flat.spans[index].as_py()
        status = span["status"] or {}
        return RawSpan(
            trace_id=trace_id(span["trace_id"]) or "",
            span_id=span_id(span["span_id"]) or "",
            parent_id=span_id(span["parent_span_id"]),
            resource=self.resource(int(self._flat.resource[index])),
            name=span["name"],
            kind=kind_of(span["kind"]),
            start_ns=time_ns(span["start_time_unix_nano"]),
            end_ns=time_ns(span["end_time_unix_nano"]),
            attributes=_attributes(span["attributes"]),
            scope=self._flat.scope[index].as_py() or None,
            links=(),  # they are no part of what spans share
            remote_parent=remote_parent_of(span["flags"]),
            error=status.get("code") == ERROR,
            status_message=status.get("message", ""),
            events=tuple(Event(event["name"], _attributes(event["attributes"])) for event in span["events"]),
            trace_state=span["trace_state"],
        )


def _slice(attributes: Any, index: int) -> dict[str, Value]:
    begin, end = attributes.begins[index : index + 2].tolist()
    keys = attributes.keys[begin:end].to_pylist()
    return {key: _value(value) for key, value in zip(keys, attributes.value[begin:end].to_pylist(), strict=True)}


def _attributes(pairs: list[dict[str, Any]]) -> dict[str, Value]:
    return {pair["key"]: _value(pair["value"]) for pair in pairs}


def _value(value: dict[str, Any] | None) -> Value:
    for kind, content in (value or {}).items():
        if content is not None:
            return nested(kind, content) if kind in NESTED else content
    return None
