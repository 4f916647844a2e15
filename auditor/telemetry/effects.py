"""What an attribute adds to a span's row: worked out once for each distinct key and value.

Two attributes with equal effects may stand for each other: exchanging them changes nothing in what `build.row_of` makes
of a span. Values of keys that are read by name count as they are, unless only a part of them is used; of all others
only the leaks and the names that they show. Effects hold values, and live in memory only.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from auditor.telemetry import judge, semconv
from auditor.telemetry.database import statement_shape, without_comments
from auditor.telemetry.keys import body_keys, place_of, query_keys
from auditor.telemetry.leaks import PERSONAL, attribute_leaks, is_safe, text_leaks
from auditor.telemetry.memory import ENTRIES, remembered
from auditor.telemetry.operation import MAX_TEXT
from auditor.telemetry.raw import Value
from auditor.telemetry.redact import attribute_name
from auditor.telemetry.route import masked_path, parameter_names, readable_route
from auditor.telemetry.url import split_port, split_url
from auditor.telemetry.values import text_of
from lineage.sql.shape import Shape

Effect = Hashable
_PREFIXES = (
    semconv.HEADER_PREFIXES
    + semconv.METADATA_PREFIXES
    + semconv.DB_PARAMETER_PREFIXES
    + semconv.DB_FOREIGN_PREFIXES
    + ("client.address", "http.client_ip")  # judged, but never read by name
)
_READ = frozenset(
    key for keys in vars(semconv).values() if isinstance(keys, tuple) for key in keys if isinstance(key, str)
) - frozenset(_PREFIXES)
_STATUS = frozenset(semconv.HTTP_STATUS + semconv.RPC_STATUS)
_SOCKET = frozenset(semconv.PEER_SOCKET + semconv.PEER_SOCKET_PORT)
HOSTED = r"\Ahttps?://[a-z0-9][a-z0-9.-]*(?::[0-9]+)?/"
_HOSTED = re.compile(HOSTED)
_TOLD = _READ - _STATUS - _SOCKET  # their values count
SMALL = 10**9  # numbers below are not judged unless their key says who someone is
DATABASE = ("db.", *semconv.DB_FOREIGN_PREFIXES)


@dataclass(frozen=True, slots=True)
class Around:
    """What of a span decides on the effect of one of its attributes: all False or None where it makes no difference.

    `system`: of the database. `needs_socket`: nothing better names the peer. `needs_path`: the route names something
    personal in it.
    """

    system: str | None = None
    is_server: bool = False
    needs_socket: bool = False
    needs_path: bool = False


@remembered
def counts_for_nothing(key: str) -> bool:
    """Whether no value of this key can have an effect."""
    return key not in _READ and place_of(key) is None and is_safe(key) and not key.startswith(DATABASE)


@remembered
def small_numbers_count_for_nothing(key: str) -> bool:
    """Whether no number under a thousand million, true or false of this key can have an effect."""
    own = key in _READ or place_of(key) is not None or key.startswith(DATABASE)
    return not own and key not in PERSONAL


@remembered
def is_only_judged(key: str) -> bool:
    """Whether values of this key, where nothing lies around them, have no effect but what they show."""
    own = key in _TOLD or key in PERSONAL or key in semconv.CALLER_ADDRESS
    return not own and place_of(key) is None


def effect_of(key: str, value: Value, kept: Hashable, around: Around) -> Effect | None:
    """The effect of an attribute, None for none. `kept` stands for `value` where it counts as it is."""
    leaks = frozenset(attribute_leaks(key, value, around.system, around.is_server))
    own = _own(key, value, kept, around)
    return (own, leaks) if own is not None or leaks else None


def _own(key: str, value: Value, kept: Hashable, around: Around) -> Effect | None:
    place = place_of(key)
    if key in semconv.DB_TEXT and (text := text_of(value)) is not None:
        return _statement(key, statement_shape(without_comments(text)[0], around.system))
    if place == "query" and isinstance(value, str):
        url, shown = split_url(value), masked_path(split_url(value[:MAX_TEXT]).path)
        keys = frozenset(query_keys(value, key in semconv.URL_QUERY))
        return "url", key, bool(value), url.host, url.port, shown, keys, url.path if around.needs_path else None
    if key in _SOCKET and not around.needs_socket:
        return None
    if key in _STATUS:
        return "status", key
    if key in _READ or place == "query":
        return "value", key, kept
    if place is not None:
        return "names", key, body_keys(value) if place.endswith("body") else None
    return "database" if key.startswith(DATABASE) else None


def _statement(key: str, found: Shape) -> Effect:
    return "statement", key, found.text, found.id


def statement_effect(key: str, found: Shape, categories: Iterable[str]) -> Effect:
    """The effect of a statement whose literals show these categories."""
    shown = attribute_name(key)
    return _statement(key, found), frozenset((shown, category) for category in categories)


def names_a_host(key: str, text: str) -> bool:
    """Whether this attribute names the peer, so that the address of the socket is not looked at."""
    if key in semconv.URL_FULL:
        return _HOSTED.match(text) is not None or _has_host(text)
    return bool(split_port(text.partition(",")[0])[0])


@lru_cache(ENTRIES)
def _has_host(url: str) -> bool:
    return bool(split_url(url).host)


@lru_cache(ENTRIES)
def route_is_personal(template: str) -> bool:
    """Whether a route, or the last word of a span's name, names something personal in its path."""
    return any(judge.of_key(name, "present") for name in parameter_names(readable_route(template)))


def text_effect(place: str, text: str) -> Effect | None:
    """The effect of a span's status or of an event's name: what it leaks."""
    return frozenset(text_leaks(place, text)) or None
