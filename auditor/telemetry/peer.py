"""The other side of a call, as the calling side tells it."""

from __future__ import annotations

from auditor.telemetry import semconv
from auditor.telemetry.raw import RawSpan
from auditor.telemetry.redact import is_address, mask_host, mask_name
from auditor.telemetry.url import split_port, split_url

Peer = tuple[str | None, str | None, int | None]
NOBODY: Peer = (None, None, None)


def other_side(raw: RawSpan, own_service: str) -> Peer:
    """(logical name, host, port) of who was called. Only for spans of the calling side.

    A name equal to the caller's own is not believed: some tracers name the caller in that place.
    """
    named = semconv.first_text(raw.attributes, semconv.PEER) or raw.peer
    peer = mask_name(named) if named and named != own_service else None
    host, port = _address(raw)
    return peer, mask_host(host) if host else None, port if port is not None and 0 < port < 65536 else None


def _address(raw: RawSpan) -> tuple[str | None, int | None]:
    attributes = raw.attributes
    port = semconv.first_int(attributes, semconv.PEER_PORT)
    url = semconv.first_text(attributes, semconv.URL_FULL)
    parts = split_url(url) if url else None
    for keys in (semconv.PEER_HOST, (), semconv.PEER_HOST_OLD):
        if keys:
            place = semconv.first_text(attributes, keys)
            host, own_port = split_port(place.partition(",")[0]) if place else (None, None)
        else:
            host, own_port = (parts.host, parts.port) if parts else (None, None)
        if host:
            return host, own_port or port
    socket = semconv.first_text(attributes, semconv.PEER_SOCKET)
    if socket and is_address(socket):
        return socket, semconv.first_int(attributes, semconv.PEER_SOCKET_PORT) or port
    if raw.peer_host and is_address(raw.peer_host):
        return raw.peer_host, raw.peer_port
    return None, port or raw.peer_port
