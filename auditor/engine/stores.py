"""What a database is called, from how services reach it (docs/decisions/0003-store-identity.md)."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping

from lineage.system import StoreWay


def names_of(ways: Iterable[StoreWay], aliases: Mapping[str, str] | None = None) -> dict[StoreWay, str]:
    """Name the store behind each way of reaching one.

    A host that says nothing (an address, a loopback name) is left out of the name; without host and database name a
    store is told apart by who uses it, since one system may serve a whole company. `aliases` maps a name made here to
    the one to use instead.
    """
    ways = list(ways)
    named_hosts: dict[tuple[str | None, str | None], set[str]] = defaultdict(set)
    for way in ways:
        if way.host and way.namespace and _tells(way.host):
            named_hosts[(way.system, way.namespace)].add(way.host.lower())
    return {way: (aliases or {}).get(name, name) for way in ways for name in [_name(way, named_hosts)]}


def _name(way: StoreWay, named_hosts: Mapping[tuple[str | None, str | None], set[str]]) -> str:
    host = way.host.lower() if way.host and _tells(way.host) else None
    if way.namespace:
        if host is None:
            # The same database under an address here and under a name there is one database.
            known = named_hosts.get((way.system, way.namespace), set())
            host = next(iter(known)) if len(known) == 1 else None
        return way.namespace if host in (None, way.namespace.lower()) else f"{host}/{way.namespace}"
    system = way.system or "sql"
    if host:
        return host
    return f"{system}@{way.host}" if way.host and not _is_loopback(way.host) else f"{system}@{way.service}"


def _tells(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return not _is_loopback(host) and "{}" not in host
    return False


def _is_loopback(host: str) -> bool:
    return host.lower() in ("localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "localhost.localdomain")  # noqa: S104
