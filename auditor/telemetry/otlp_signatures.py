"""The signatures of a batch of OTLP spans: all in them that a row depends on, but ids and times."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from auditor.telemetry.columns import Column, Ints, pc
from auditor.telemetry.effects import Around, route_is_personal, text_effect
from auditor.telemetry.otlp_arrow import Attributes, Flat
from auditor.telemetry.otlp_context import Pairs, SpanPairs
from auditor.telemetry.otlp_protobuf import ERROR, kind_of
from auditor.telemetry.signatures import Interned, Signatures
from auditor.telemetry.weight import weight_of

_FLAGS = 0x300  # of a span: whether its parent lies elsewhere
_NAME, _KIND, _STATE, _SCOPE, _RESOURCE, _WEIGHT, _STATUS, _EVENT, _EVENT_NAME, _ATTRIBUTE = range(10)


def sign(flat: Flat, parents: Column, known: Interned) -> Signatures:
    """The signatures of the spans; `parents` are their parents' ids."""
    signatures = Signatures(len(flat.spans))
    names, name_codes = _coded(pc.struct_field(flat.spans, "name"))
    signatures.add(_NAME, _numbers(names, name_codes, lambda name: ("name", name), known))
    kinds = pc.struct_field(flat.spans, "kind").to_numpy(zero_copy_only=False)
    signatures.add(_KIND, kinds)
    status = pc.struct_field(flat.spans, "status")
    code = pc.struct_field(status, "code").fill_null(0).to_numpy(zero_copy_only=False)
    flags = pc.struct_field(flat.spans, "flags").to_numpy(zero_copy_only=False).astype(np.int64) & _FLAGS
    orphan = parents.is_null().to_numpy(zero_copy_only=False)
    signatures.add(_STATE, flags * 4 + (code == ERROR) * 2 + orphan)
    signatures.add(_SCOPE, _numbers(*_coded(flat.scope), lambda scope: ("scope", scope) if scope else None, known))
    signatures.add(_RESOURCE, _resources(flat.resources, known)[flat.resource])
    states = _coded(pc.struct_field(flat.spans, "trace_state"))
    signatures.add(_WEIGHT, _numbers(*states, lambda state: weight_of(state or ""), known))
    messages = _coded(pc.struct_field(status, "message"))
    signatures.add(_STATUS, _numbers(*messages, lambda text: text_effect("status.message", text or ""), known))
    _sign_events(signatures, flat, known)
    texts = [kind_of(kind) for kind in kinds.tolist()]
    personal = np.fromiter((_is_personal(name or "") for name in names), np.bool_, len(names))[name_codes]
    pairs = SpanPairs(flat.attributes, np.array(texts, dtype=np.str_), personal)
    signatures.add_many(_ATTRIBUTE, pairs.numbers(known, pairs.around, pairs.arounds), pairs.owners)
    return signatures


def _sign_events(signatures: Signatures, flat: Flat, known: Interned) -> None:
    if len(flat.events) == 0:
        return
    names = _coded(pc.struct_field(flat.events, "name"))
    signatures.add_many(_EVENT_NAME, _numbers(*names, _event, known), flat.event_span)
    pairs = Pairs(flat.event_attributes)
    numbers = pairs.numbers(known, np.zeros(len(pairs.keys), np.int64), [Around()])
    signatures.add_many(_EVENT, numbers, flat.event_span[pairs.owners])


def _event(name: str | None) -> Hashable:
    return "event", name == "exception", text_effect("event.name", name or "")


def _resources(attributes: Attributes, known: Interned) -> Ints:
    """A number for what spans have from each resource."""
    pairs = Pairs(attributes)
    signatures = Signatures(len(attributes.begins) - 1)
    numbers = pairs.numbers(known, np.zeros(len(pairs.keys), np.int64), [Around()])
    signatures.add_many(0, numbers, pairs.owners)
    distinct, _, which = signatures.distinct()
    found = np.fromiter((known.number(("resource", each)) for each in distinct), np.int64, len(distinct))
    return found[which]


def _is_personal(name: str) -> bool:
    words = name.split()
    return bool(words) and words[-1].startswith("/") and route_is_personal(words[-1])


def _coded(column: Column) -> tuple[list[str | None], Ints]:
    """(distinct texts, the place of each row's among them)."""
    encoded = column.dictionary_encode("encode")
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _numbers(texts: list[str | None], codes: Ints, thing: Callable[[str | None], Hashable], known: Interned) -> Ints:
    return np.fromiter((known.number(thing(text)) for text in texts), np.int64, len(texts))[codes]
