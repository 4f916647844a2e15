"""The signatures of a batch of spans: all in them that a row depends on, but ids, times and links."""

from __future__ import annotations

import numpy as np

from auditor.telemetry.effects import counts_for_nothing, route_is_personal, text_effect
from auditor.telemetry.flat import NOBODY, Coded, Events, Flat
from auditor.telemetry.otlp_context import SpanEffects
from auditor.telemetry.pair_effects import ALONE, Effects, number_of
from auditor.telemetry.signatures import Interned, Signatures

_NAME, _KIND, _ELSEWHERE, _ERROR, _ORPHAN, _SCOPE, _RESOURCE, _WEIGHT, _STATUS, _SERVICE, _REMOTE = range(11)
_EVENT, _EVENT_NAME, _ATTRIBUTE = range(11, 14)


def sign(flat: Flat, known: Interned) -> Signatures:
    """The signatures of the spans."""
    signatures = Signatures(len(flat))

    def add(aspect: int, column: Coded[int]) -> None:
        signatures.add(aspect, column.things, column.codes)

    add(_NAME, flat.name.map(lambda name: known.number(("name", name))))
    add(_KIND, flat.kind.map(lambda kind: known.number(("kind", kind))))
    add(_ELSEWHERE, flat.remote_parent.map(lambda remote: 0 if remote is None else 1 + remote))
    add(_ERROR, flat.error.map(int))
    add(_SCOPE, flat.scope.map(lambda scope: known.number(("scope", scope) if scope else None)))
    add(_WEIGHT, flat.weight.map(known.number))
    add(_SERVICE, flat.service.map(lambda service: known.number(("service", service) if service else None)))
    add(_REMOTE, flat.remote.map(lambda remote: known.number(None if remote == NOBODY else remote)))
    add(_STATUS, flat.status_message.map(lambda text: known.number(text_effect("status.message", text))))
    add(_RESOURCE, flat.resource.map(lambda resource: _resource(flat, resource, known)))
    signatures.add(_ORPHAN, (0, 1), (~flat.parent.there).astype(np.int64))
    if flat.events is not None:
        _sign_events(signatures, flat.events, known)
    has_peer = flat.remote.map(lambda remote: remote.name is not None)
    effects = SpanEffects(flat.attributes, flat.kind, flat.name.map(_is_personal), has_peer)
    for numbers, codes, begins in effects.numbers(known):
        signatures.add_many(_ATTRIBUTE, numbers, codes, begins)
    return signatures


def _sign_events(signatures: Signatures, events: Events, known: Interned) -> None:
    names = events.name.map(lambda name: known.number(("event", name == "exception", text_effect("event.name", name))))
    signatures.add_many(_EVENT_NAME, names.things, names.codes, events.begins)
    if events.attributes is None:
        return
    for numbers, codes, begins in Effects(events.attributes).numbers(known):
        signatures.add_many(_EVENT, numbers, codes, begins[events.begins])


def _resource(flat: Flat, resource: object, known: Interned) -> int:
    """A number for what spans have from a resource."""
    number = known.recall(("resource", resource))
    if number is None:
        attributes = flat.read_resource(resource)
        found = (
            number_of(known, key, value, ALONE) for key, value in attributes.items() if not counts_for_nothing(key)
        )
        effects = frozenset(found)
        number = known.number(("resource", effects))
        known.remember(("resource", resource), number)
    return number


def _is_personal(name: str) -> bool:
    words = name.split()
    return bool(words) and words[-1].startswith("/") and route_is_personal(words[-1])
