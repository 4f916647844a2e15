"""URLs taken apart, and names made of them. The parts hold values: they live in memory only."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_plus

from auditor.telemetry.memory import remembered

_MAX_URL = 8192


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of a URL, a request target or a query string. `query` are the pairs that have a key and a value."""

    host: str | None = None
    port: int | None = None
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    password: str = ""  # the user info's second half


@remembered
def split_url(text: str, is_query: bool = False) -> Url:
    """Take a full URL, a path with query, or (`is_query`) a bare query string apart. Never raises."""
    text = text[:_MAX_URL]
    head, mark, query = text.partition("?")
    if is_query and not mark:
        head, query = "", text
    head = head.partition("#")[0]
    query = query.partition("#")[0]
    if "://" in head:
        rest = head.partition("://")[2]
        authority, slash, path = rest.partition("/")
        user, _, place = authority.rpartition("@")
        host, port = split_port(place)
        return Url(host, port, slash + path, _pairs(query), user.partition(":")[2])
    return Url(path=head, query=_pairs(query))


def split_port(place: str) -> tuple[str | None, int | None]:
    """`host`, `host:port`, `[v6]:port` or a bare IPv6 address to host and port."""
    place = place.strip()
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        port = port.removeprefix(":")
    elif place.count(":") == 1:
        host, _, port = place.partition(":")
    else:
        host, port = place, ""
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else None
    return host or None, number


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition("=") for pair in query.replace(";", "&").split("&"))
    return tuple((unquote_plus(key), unquote_plus(value)) for key, equals, value in pairs if equals and key)
