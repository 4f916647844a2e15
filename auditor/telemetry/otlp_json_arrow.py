"""OTLP JSON to flat columns. What is not in the specification's own form is left to be read span by span."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from auditor.telemetry.columns import Column, pc
from auditor.telemetry.flat import NOBODY, Events, Flat, Links, Undecoded, coded, same
from auditor.telemetry.json_columns import (
    LEAF,
    PairForm,
    Shape,
    begins,
    frames,
    items,
    leaves,
    nulls,
    owned,
    parsed,
    there,
    times,
)
from auditor.telemetry.memory import ENTRIES
from auditor.telemetry.otlp_ids import ids_of_leaves
from auditor.telemetry.otlp_json import (
    kind_of,
    read_links,
    read_resource,
    read_status,
    remote_parent_of,
    scope_name,
    value_of,
)
from auditor.telemetry.raw import Attributes
from auditor.telemetry.values import int_of, span_id, text_of, trace_id
from auditor.telemetry.weight import weight_of

_EVENT: Shape = {"name": LEAF, "attributes": [LEAF]}
_LEAVES = "traceId spanId parentSpanId name kind flags traceState startTimeUnixNano endTimeUnixNano status links"
_SPAN: Shape = dict.fromkeys(_LEAVES.split(), LEAF) | {"attributes": [LEAF], "events": [_EVENT]}
_SCOPE: Shape = {"scope": LEAF, "spans": [_SPAN], "instrumentationLibrary": LEAF}
_RESOURCE: Shape = {"resource": LEAF, "scopeSpans": [_SCOPE], "instrumentationLibrarySpans": LEAF}
_PAIR = PairForm(
    lambda _, value: pc.starts_with(value, "{"),
    value_of,
    r'^\{"(?:intValue":"?-?[0-9]{1,9}"?|doubleValue":-?[0-9]{1,9}(?:\.[0-9]+)?|boolValue":(?:true|false))\}$',
    ('{"stringValue":"', '"}'),
)
_REQUEST: Shape = {"resourceSpans": [_RESOURCE], "batches": LEAF}


def decode(requests: Sequence[bytes]) -> Flat:
    """The spans of requests. Raises Undecoded with those that are damaged or written in another way."""
    request = frames(requests, _REQUEST)
    resource_spans, of_request = items(pc.struct_field(request, "resourceSpans"))
    scope_spans, of_resource = items(pc.struct_field(resource_spans, "scopeSpans"))
    spans, of_scope = items(pc.struct_field(scope_spans, "spans"))
    resource = of_resource[of_scope]
    record = of_request[resource]
    trace_ids = ids_of_leaves(pc.struct_field(spans, "traceId"), 16, trace_id)
    span_ids = ids_of_leaves(pc.struct_field(spans, "spanId"), 8, span_id)
    odd = {
        *nulls(pc.struct_field(request, "resourceSpans")).tolist(),
        *there(request, "batches").tolist(),
        *of_request[nulls(pc.struct_field(resource_spans, "scopeSpans"))].tolist(),
        *of_request[there(resource_spans, "instrumentationLibrarySpans")].tolist(),
        *of_request[of_resource[nulls(pc.struct_field(scope_spans, "spans"))]].tolist(),
        *of_request[of_resource[there(scope_spans, "instrumentationLibrary")]].tolist(),
        *record[~(trace_ids.there & span_ids.there)].tolist(),
    }
    if odd:
        raise Undecoded(odd)
    status = leaves(pc.struct_field(spans, "status"), read_status)
    return Flat(
        record=record,
        trace=trace_ids,
        own=span_ids,
        parent=ids_of_leaves(pc.struct_field(spans, "parentSpanId"), 8, span_id),
        start_ns=times(pc.struct_field(spans, "startTimeUnixNano")),
        end_ns=times(pc.struct_field(spans, "endTimeUnixNano")),
        resource=coded(pc.struct_field(resource_spans, "resource"), list).take(resource),
        read_resource=_read_resource,
        name=leaves(pc.struct_field(spans, "name"), lambda name: text_of(name) or ""),
        kind=leaves(pc.struct_field(spans, "kind"), kind_of),
        scope=leaves(pc.struct_field(scope_spans, "scope"), scope_name).take(of_scope),
        remote_parent=leaves(pc.struct_field(spans, "flags"), lambda flags: remote_parent_of(int_of(flags) or 0)),
        error=status.map(lambda told: told[0]),
        status_message=status.map(lambda told: told[1]),
        weight=leaves(pc.struct_field(spans, "traceState"), lambda state: weight_of(text_of(state) or "")),
        service=same(None, len(spans)),
        remote=same(NOBODY, len(spans)),
        attributes=owned(pc.struct_field(spans, "attributes"), _PAIR),
        events=_events(pc.struct_field(spans, "events")),
        links=_links(pc.struct_field(spans, "links")),
    )


def _events(lists: Column) -> Events | None:
    events = pc.list_flatten(lists)
    if len(events) == 0:
        return None
    return Events(
        begins(lists),
        leaves(pc.struct_field(events, "name"), lambda name: text_of(name) or ""),
        owned(pc.struct_field(events, "attributes"), _PAIR),
    )


def _links(links: Column) -> dict[int, Links]:
    some = pc.fill_null(pc.not_equal(links, "[]"), False).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(some)
    return {
        row: read_links(value) for row, value in zip(rows.tolist(), parsed(links.take(rows).to_pylist()), strict=True)
    }


@lru_cache(ENTRIES)
def _read_resource(text: str | None) -> Attributes:
    return read_resource(parsed([text])[0])
