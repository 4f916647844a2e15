"""Connections to a store of traces that are kept open: to where the user said, and nowhere that it might lead to.

As in `auditor.outbound`: no redirect is followed, no proxy of the environment used, and no forbidden address spoken to.
"""

from __future__ import annotations

import ipaddress
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from auditor.outbound import forbidden

FORBIDDEN = "its name leads to an address that is never spoken to, such as a link-local one"


class ForbiddenAddress(Exception):
    """The host's name leads to an address that no store of traces has."""


class _Http(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _check(self)


class _Https(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _check(self)


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class Connections(urllib3.PoolManager):
    """Connections that are kept open; certificates are verified against those that the system trusts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def urlopen(self, method: str, url: str, redirect: bool = False, **options: Any) -> Any:  # type: ignore[override]
        """As urllib3's, but for redirects."""
        return super().urlopen(method, url, redirect=False, **options)


def _check(connection: HTTPConnection) -> None:
    """Look at the address that was connected to, not at one that the name had a moment before."""
    address = ipaddress.ip_address(connection.sock.getpeername()[0].partition("%")[0])
    if forbidden(address, connection.host):
        connection.close()
        raise ForbiddenAddress
