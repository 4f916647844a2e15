"""Rows for spans that come one by one: worked out once for all spans that are alike, as `otlp_columns` does it.

What it learns lives in memory only, and is bounded.
"""

from __future__ import annotations

from collections.abc import Hashable

from auditor.telemetry import semconv
from auditor.telemetry.build import KEYS, Row, row_of
from auditor.telemetry.database import system_of
from auditor.telemetry.effects import (
    DATABASE,
    SMALL,
    Around,
    counts_for_nothing,
    effect_of,
    names_a_host,
    route_is_personal,
    small_numbers_count_for_nothing,
)
from auditor.telemetry.leaks import PERSONAL
from auditor.telemetry.memory import LONGEST
from auditor.telemetry.raw import Attributes, RawSpan, Value
from auditor.telemetry.redact import is_public_address
from auditor.telemetry.signatures import Interned
from auditor.telemetry.stand_ins import somebody_or_blank, without_short_number

_MOST_ROWS, _MOST_KNOWN, _MOST_KEYS = 1 << 16, 1 << 18, 200
_SERVED = ("server", "consumer")
_CALLERS = frozenset(semconv.CALLER_ADDRESS)
_SOCKET = frozenset(semconv.PEER_SOCKET + semconv.PEER_SOCKET_PORT)
_PORTS = frozenset(semconv.PEER_SOCKET_PORT)
_URLS, _TEXTS = frozenset(semconv.URLS), frozenset(semconv.DB_TEXT)
_CONTEXTUAL = _CALLERS | _SOCKET | _URLS | _TEXTS
_NUMBERS = (int, float)
_IS_SERVER, _NEEDS_SOCKET, _NEEDS_PATH = 1, 2, 4
_PLAIN = Around()


class SharedRows:
    """Makes rows as `build.row_of` does."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._known = Interned()
        self._rows: dict[Hashable, Row] = {}
        self._idle: dict[str, tuple[bool, bool]] = {}
        self._resource: tuple[Attributes, int] = ({}, 0)

    def row_of(self, raw: RawSpan) -> Row:
        """The row of a span. Raises what `build.row_of` raises."""
        if len(self._rows) > _MOST_ROWS or len(self._known) > _MOST_KNOWN:
            self._forget()
        signature = self._signature(raw)
        shared = self._rows.get(signature)
        if shared is None:
            row = row_of(raw)
            if len(row[KEYS] or ()) < _MOST_KEYS:  # so many may depend on their order
                self._rows[signature] = row
            return row
        return shared

    def _signature(self, raw: RawSpan) -> Hashable:
        """All that the row depends on."""
        attributes = raw.attributes
        around = _around(raw)
        numbers = [self._effect(key, attributes[key], around, raw.kind) for key in attributes]
        for event in raw.events:
            numbers.append(-1)
            numbers.append(self._known.number(("event", event.name)))
            numbers.extend(self._effect(key, value, _PLAIN, "") for key, value in event.attributes.items())
        return (
            raw.name,
            raw.kind,
            raw.parent_id is None,
            raw.remote_parent,
            raw.error,
            raw.scope,
            raw.service,
            self._resource_number(raw.resource),
            raw.status_message,
            raw.trace_state,
            raw.weight,
            (raw.peer, raw.peer_host, raw.peer_port),
            tuple(sorted(filter(None, numbers))) if not raw.events else tuple(numbers),
        )

    def _resource_number(self, resource: Attributes) -> int:
        """Readers give the spans of one resource the same object."""
        if self._resource[0] is not resource:
            effects = {self._effect(key, value, _PLAIN, "") for key, value in resource.items()}
            self._resource = (resource, self._known.number(("resource", frozenset(effects))))
        return self._resource[1]

    def _effect(self, key: str, value: Value, around: Around, kind: str) -> int:
        """The number of an attribute's effect, 0 for none."""
        idle = self._idle.get(key)
        if idle is None:
            idle = self._idle[key] = counts_for_nothing(key), small_numbers_count_for_nothing(key)
        if idle[0]:
            return 0
        if isinstance(value, _NUMBERS):
            if (idle[1] or (key in _PORTS and not around.needs_socket)) and abs(value) < SMALL:
                return 0
        elif isinstance(value, str):
            if key in _URLS:
                value = value if around.needs_path else without_short_number(value)
            elif key in PERSONAL:
                value = somebody_or_blank(value)
        bits, system = 0, None
        if key in _CONTEXTUAL:
            if key in _URLS:
                bits = _NEEDS_PATH if around.needs_path else 0
            elif key in _TEXTS:
                system = around.system
            else:
                bits = _NEEDS_SOCKET if around.needs_socket else 0
                if kind == "server" and key in _CALLERS and isinstance(value, str) and is_public_address(value):
                    bits |= _IS_SERVER
                if not bits and isinstance(value, str) and key in _CALLERS:
                    return 0
        kept = value if isinstance(value, str) else (type(value), repr(value))
        question = (key, kept, bits, system)
        number = self._known.recall(question)
        if number is None:
            own = Around(system, bool(bits & _IS_SERVER), bool(bits & _NEEDS_SOCKET), bool(bits & _NEEDS_PATH))
            number = self._known.number(effect_of(key, value, kept, own))
            if not isinstance(value, str) or len(value) <= LONGEST:
                self._known.remember(question, number)
        return number


def _around(raw: RawSpan) -> Around:
    """What lies around a span's attributes; where that is costly to say, more than need be."""
    attributes = raw.attributes
    is_db = raw.kind not in _SERVED and any(key.startswith(DATABASE) for key in attributes)
    calls = is_db or raw.kind in ("client", "producer") or (raw.kind == "unspecified" and raw.peer is not None)
    needs_socket = calls and not (_named_by(attributes, semconv.PEER_HOST) or _named_by(attributes, semconv.URL_FULL))
    route = semconv.first_text(attributes, semconv.HTTP_ROUTE)
    needs_path = route is not None and route_is_personal(route)
    if route is None and "/" in raw.name:
        words = raw.name.split()
        needs_path = bool(words) and words[-1].startswith("/") and route_is_personal(words[-1])
    return Around(system_of(attributes) if is_db else None, False, needs_socket, needs_path)


def _named_by(attributes: Attributes, keys: semconv.Keys) -> bool:
    """Whether such attributes are there, each of which names a host."""
    found = [attributes[key] for key in keys if key in attributes]
    return bool(found) and all(isinstance(value, str) and names_a_host(keys[0], value) for value in found)
