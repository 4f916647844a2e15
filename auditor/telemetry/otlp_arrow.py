"""Encoded OTLP requests to flat columns.

ptars decodes; where it refuses, the official library reads request by request (`otlp_protobuf`) and says what is wrong.
Attributes come still encoded: of those that are the same byte for byte, one is read.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from auditor.telemetry.columns import Column, Flags, Ints, pc
from auditor.telemetry.effects import SMALL
from auditor.telemetry.flat import NOBODY, Coded, Events, Flat, Links, Owned, Undecoded, begins_of, coded, same
from auditor.telemetry.memory import ENTRIES
from auditor.telemetry.otlp_ids import ids_of
from auditor.telemetry.otlp_json import remote_parent_of
from auditor.telemetry.otlp_nested import NESTED, nested
from auditor.telemetry.otlp_protobuf import ERROR, attributes_of, kind_of
from auditor.telemetry.otlp_schema import pair_descriptor, request_descriptor
from auditor.telemetry.raw import Attributes, Value
from auditor.telemetry.values import MAX_TIME, span_id, trace_id
from auditor.telemetry.weight import weight_of

_PANIC = "PanicException"  # of Rust, in Python no Exception
_NUMBERS = ("int_value", "double_value", "bool_value")
_KINDS = ("string_value", *_NUMBERS, "bytes_value", *NESTED)
_TEXT = _KINDS.index("string_value")


def decode(requests: Sequence[bytes]) -> Flat:
    """The spans of encoded requests. Raises Undecoded when one is damaged, or when ptars is not there."""
    batch = _decoded(_requests, requests)
    resource_spans, of_request = _items(batch.column(0))
    scope_spans, of_resource = _items(pc.struct_field(resource_spans, "scope_spans"))
    spans, of_scope = _items(pc.struct_field(scope_spans, "spans"))
    resource_of_span = of_resource[of_scope]
    status = pc.struct_field(spans, "status")
    codes = pc.struct_field(status, "code").fill_null(0).to_numpy(zero_copy_only=False)
    return Flat(
        record=of_request[resource_of_span],
        trace=ids_of(pc.struct_field(spans, "trace_id"), 16, trace_id),
        own=ids_of(pc.struct_field(spans, "span_id"), 8, span_id),
        parent=ids_of(pc.struct_field(spans, "parent_span_id"), 8, span_id),
        start_ns=_time(spans, "start_time_unix_nano"),
        end_ns=_time(spans, "end_time_unix_nano"),
        resource=coded(pc.struct_field(resource_spans, "resource"), list).take(resource_of_span),
        read_resource=_read_resource,
        name=coded(pc.struct_field(spans, "name"), list),
        kind=_numbers(spans, "kind", kind_of),
        scope=coded(pc.struct_field(scope_spans, "scope"), _scopes).take(of_scope),
        remote_parent=_numbers(spans, "flags", remote_parent_of),
        error=Coded((False, True), (codes == ERROR).astype(np.int64)),
        status_message=coded(pc.struct_field(status, "message"), _texts),
        weight=coded(pc.struct_field(spans, "trace_state"), lambda states: list(map(weight_of, states))),
        service=same(None, len(spans)),
        remote=same(NOBODY, len(spans)),
        attributes=_owned(pc.struct_field(spans, "attributes")),
        events=_events(pc.struct_field(spans, "events")),
        links=_links(pc.struct_field(spans, "links")),
    )


class EncodedPairs:
    """Key-value pairs of protobuf (see `flat.Pairs`). Raises Undecoded when one is damaged."""

    def __init__(self, encoded: Sequence[bytes]) -> None:
        batch = _decoded(_pairs, encoded)
        keys = batch.column("key").dictionary_encode()
        self.names: list[str] = keys.dictionary.to_pylist()
        self.keys: Ints = keys.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        value = batch.column("value")
        self._contents = [pc.struct_field(value, kind) for kind in _KINDS]
        self._kinds = np.full(len(encoded), -1, np.int8)
        self._nested: dict[int, Value] = {}
        for place, (kind, contents) in enumerate(zip(_KINDS, self._contents, strict=True)):
            if contents.null_count < len(contents):
                own = np.flatnonzero(contents.is_valid().to_numpy(zero_copy_only=False))
                if (self._kinds[own] >= 0).any():  # the last of two counts, and which that is only the bytes tell
                    raise Undecoded
                self._kinds[own] = place
                if kind in NESTED:
                    read = (nested(kind, content) for content in contents.drop_null().to_pylist())
                    self._nested.update(zip(own.tolist(), read, strict=True))

    def small(self) -> Flags:
        """Which values are, for sure, small numbers."""
        integer, double, boolean = (self._contents[_KINDS.index(kind)] for kind in _NUMBERS)
        found = pc.and_(pc.less(integer, SMALL), pc.greater(integer, -SMALL))
        found = pc.or_(found.fill_null(False), pc.less(pc.abs(double), float(SMALL)).fill_null(False))
        flags: Flags = pc.or_(found, boolean.is_valid()).to_numpy(zero_copy_only=False)
        return flags

    def texts(self) -> Column:
        """The values that are texts."""
        return self._contents[_TEXT]

    def values(self, pairs: Ints) -> list[Value]:
        """The values of these pairs."""
        return [self._value(pair, kind) for pair, kind in zip(pairs.tolist(), self._kinds[pairs].tolist(), strict=True)]

    def _value(self, pair: int, kind: int) -> Value:
        if kind < 0:
            return None
        return self._nested[pair] if pair in self._nested else self._contents[kind][pair].as_py()


def _decoded(handler: Callable[[], Any], messages: Sequence[bytes]) -> Any:
    try:
        return handler().list_to_record_batch(list(messages))
    except (ValueError, OverflowError, ImportError, pa.ArrowInvalid):
        raise Undecoded from None
    except BaseException as error:
        if type(error).__name__ == _PANIC:  # some damaged messages make ptars give up so; it unwinds cleanly
            raise Undecoded from None
        raise


@cache
def _requests() -> Any:
    return _handler(request_descriptor())


@cache
def _pairs() -> Any:
    return _handler(pair_descriptor())


def _handler(descriptor: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ptars import HandlerPool

        return HandlerPool([descriptor.file]).get_for_message(descriptor)


def _items(lists: Column) -> tuple[Any, Ints]:
    """The items of lists, and for each the index of its list."""
    return lists.flatten(), np.repeat(np.arange(len(lists)), np.diff(_begins(lists)))


def _begins(lists: Column) -> Ints:
    return begins_of(pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False))


def _owned(lists: Column) -> Owned:
    encoded = lists.flatten().dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Owned(_begins(lists), codes, EncodedPairs(encoded.dictionary.to_pylist()))


def _events(lists: Column) -> Events | None:
    events = lists.flatten()
    if len(events) == 0:
        return None
    return Events(
        _begins(lists), coded(pc.struct_field(events, "name"), list), _owned(pc.struct_field(events, "attributes"))
    )


def _links(lists: Column) -> dict[int, Links]:
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    return {row: _pairs_of_ids(lists[row].as_py()) for row in np.flatnonzero(lengths).tolist()}


def _pairs_of_ids(links: list[dict[str, bytes]]) -> Links:
    found = ((trace_id(link["trace_id"]), span_id(link["span_id"])) for link in links)
    return tuple((trace, own) for trace, own in found if trace and own)


def _time(spans: Column, name: str) -> Ints:
    times = pc.struct_field(spans, name).to_numpy(zero_copy_only=False)
    found: Ints = np.minimum(times, np.uint64(MAX_TIME)).astype(np.int64)
    return found


def _numbers(spans: Column, name: str, read: Callable[[int], Any]) -> Coded[Any]:
    return coded(pc.struct_field(spans, name), lambda numbers: list(map(read, numbers)))


def _texts(texts: Sequence[str | None]) -> list[str]:
    return [text or "" for text in texts]


def _scopes(encoded: Sequence[bytes | None]) -> list[str | None]:
    try:
        return [InstrumentationScope.FromString(each or b"").name or None for each in encoded]
    except (DecodeError, RecursionError):
        raise Undecoded from None


@lru_cache(ENTRIES)
def _read_resource(encoded: bytes | None) -> Attributes:
    try:
        return attributes_of(Resource.FromString(encoded or b"").attributes)
    except (DecodeError, RecursionError):
        raise Undecoded from None
