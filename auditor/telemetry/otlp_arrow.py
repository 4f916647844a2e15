"""Encoded OTLP requests to flat Arrow columns: spans, and beside them attributes, events and links with their owner.

ptars decodes; where it refuses, the official library reads request by request (`otlp_protobuf`) and says what is wrong.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, Ints, pc
from auditor.telemetry.otlp_nested import NESTED, Undecoded, nested
from auditor.telemetry.otlp_schema import request_descriptor


@dataclass(frozen=True, slots=True)
class Attributes:
    """Key-value pairs of all owners in order; `begins[i]` to `begins[i + 1]` are those of owner `i`."""

    begins: Ints
    keys: Column
    value: Column


@dataclass(frozen=True, slots=True)
class Flat:
    """`spans` has the fields of OTLP's Span; `resource`, `scope` and `request` say to which each belongs."""

    spans: Column
    request: Ints
    resource: Ints
    scope: Column
    resources: Attributes
    attributes: Attributes
    events: Column
    event_span: Ints
    event_attributes: Attributes


@cache
def _handler() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ptars import HandlerPool

        descriptor = request_descriptor()
        return HandlerPool([descriptor.file]).get_for_message(descriptor)


def decode(requests: Sequence[bytes]) -> Flat:
    """The spans of encoded requests. Raises Undecoded when one is damaged, or when ptars is not there."""
    try:
        batch = _handler().list_to_record_batch(list(requests))
    except (ValueError, OverflowError, ImportError, pa.ArrowInvalid):
        raise Undecoded from None
    resource_spans, of_request = _items(batch.column(0))
    scope_spans, of_resource = _items(_field(resource_spans, "scope_spans"))
    spans, of_scope = _items(_field(scope_spans, "spans"))
    events, of_span = _items(_field(spans, "events"))
    resource_of_span = of_resource[of_scope]
    scope_names = _field(_field(scope_spans, "scope"), "name")
    return Flat(
        spans,
        of_request[resource_of_span],
        resource_of_span,
        scope_names.take(pa.array(of_scope)),
        _attributes(_field(_field(resource_spans, "resource"), "attributes")),
        _attributes(_field(spans, "attributes")),
        events,
        of_span,
        _attributes(_field(events, "attributes")),
    )


def _field(array: Column, name: str) -> Any:
    """A field with its parents' nulls (a message that is not there has an empty list, or a null)."""
    return pc.struct_field(array, name)


def _items(lists: Column) -> tuple[Any, Ints]:
    """The items of lists, and for each the index of its list."""
    return lists.flatten(), np.repeat(np.arange(len(lists)), np.diff(_begins(lists)))


def _begins(lists: Column) -> Ints:
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))


def _attributes(lists: Column) -> Attributes:
    items = lists.flatten()
    value = _field(items, "value")
    for kind in NESTED:
        column = _field(value, kind)
        if column.null_count < len(column):
            for raw in column.unique().drop_null().to_pylist():
                nested(kind, raw)
    return Attributes(_begins(lists), _field(items, "key").dictionary_encode(), value)
