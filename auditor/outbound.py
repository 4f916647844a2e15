"""The way out: a request to an address that the operator configured, and to nowhere that it might lead to.

Redirects are not followed, proxies of the environment not used, the address that was checked is the one connected to,
and size and time are bounded. Private addresses are fine, since the operator named the host; link-local ones, where
clouds keep credentials, never are. Stores of traces, which are asked thousands of times, keep their connections open:
`telemetry.trace_stores.network` holds them to the same rule.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

_METADATA = {ip_address("100.100.100.200"), ip_address("fd00:ec2::254")}  # clouds' own, outside the link-local ranges


class OutboundError(Exception):
    """A request that failed or was not made. Its text names neither address nor content."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def wrong_address(url: str) -> str | None:
    """What is wrong with an address to send to; None when it may be used. Plain HTTP is for loopback only."""
    try:
        parts = urlsplit(url)
        port_is_there = parts.port != 0
    except ValueError:
        return "must be an address such as https://host/path"
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_there:
        return "must be an address such as https://host/path"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user or password"
    if parts.scheme == "http" and not _names_loopback(parts.hostname):
        return "must be https: only loopback may be reached without TLS"
    return None


def send(
    url: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = 10.0,
    max_bytes: int = 1 << 20,
) -> Answer:
    """Send one request. `seconds` bounds it from connecting to the last byte, `max_bytes` the answer.

    Raises OutboundError; a status of any kind is an answer.
    """
    if wrong := wrong_address(url):
        raise OutboundError(f"the address {wrong}")
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = _connect(parts, seconds)
    except (OSError, ValueError) as error:
        raise OutboundError(f"no connection ({type(error).__name__})") from None
    late = Event()
    deadline = Timer(seconds, _cut, [connection.sock, late])
    deadline.daemon = True
    deadline.start()
    try:
        connection.request(method, target, body, dict(headers or {}))
        answer = connection.getresponse()
        content = answer.read(max_bytes + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutboundError(f"no answer in time, or none that is HTTP ({type(error).__name__})") from None
    finally:
        deadline.cancel()
        connection.close()
    if late.is_set() or (answer.length and len(content) <= max_bytes):  # what is left of the length it announced
        raise OutboundError("no whole answer in time")
    if len(content) > max_bytes:
        raise OutboundError(f"the answer is larger than {max_bytes} bytes")
    return Answer(answer.status, content)


def _connect(parts: SplitResult, seconds: float) -> http.client.HTTPConnection:
    """A connection whose socket goes to an address that was checked. Raises OSError, OutboundError."""
    host, secure = parts.hostname or "", parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(host, parts.port or kind.default_port, timeout=seconds)
    infos = socket.getaddrinfo(host, connection.port, 0, socket.SOCK_STREAM)
    found = [ip_address(str(info[4][0]).partition("%")[0]) for info in infos]
    if not found or any(forbidden(address, host) for address in found):
        raise OutboundError("the address leads to a place that is not to be reached from here")
    plain = _first_that_answers([str(address) for address in found], connection.port, seconds)
    try:
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
    except BaseException:
        plain.close()
        raise
    return connection


def _first_that_answers(addresses: list[str], port: int, seconds: float) -> socket.socket:
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), seconds / len(addresses))
    return socket.create_connection((addresses[-1], port), seconds / len(addresses))


def forbidden(address: IPv4Address | IPv6Address, host: str) -> bool:
    """Whether an address that a host's name leads to is never to be spoken to."""
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return not _names_loopback(host)
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
        or address in _METADATA
    )


def _names_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _cut(connection: socket.socket, late: Event) -> None:
    late.set()
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        connection.close()
