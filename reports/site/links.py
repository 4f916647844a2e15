"""The addresses of pages. A name that an address cannot carry as it is stands there as a short hash of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from lineage.model import Party, PartyKind

_PLAIN = re.compile(r"(?!.{121})[A-Za-z0-9_:-][A-Za-z0-9_.:-]*(/[A-Za-z0-9_:-][A-Za-z0-9_.:-]*)*")  # no dots alone
FOLDERS: Final[Mapping[PartyKind, str]] = {
    "service": "services",
    "store": "stores",
    "outsider": "outsiders",
    "channel": "channels",
}


def slug(name: str) -> str:
    """`name` as the end of an address: itself where that is safe and readable, else `~` and 64 bits of its hash."""
    if _PLAIN.fullmatch(name):
        return name
    return "~" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def to_party(party: Party) -> str:
    """The page of a service, store, outside party or channel."""
    return f"/{FOLDERS[party.kind]}/{slug(party.name)}"


def to_service(name: str) -> str:
    """The page of a service."""
    return f"/services/{slug(name)}"


def to_field(id_: str) -> str:
    """The page of a field."""
    return f"/fields/{slug(id_)}"


def to_category(key: str) -> str:
    """The page of a category."""
    return f"/categories/{slug(key)}"


def to_exposure(id_: str) -> str:
    """The page of an exposure."""
    return f"/exposures/{slug(id_)}"


def to_flows(source: Party, sink: Party) -> str:
    """The page of the flows from one party to another."""
    return with_query("/flows", source=end(source), sink=end(sink))


def to_store(name: str) -> str:
    """The page of a store."""
    return to_party(Party("store", name))


def to_outsider(name: str) -> str:
    """The page of an outside party."""
    return to_party(Party("outsider", name))


def to_explorer(focus: Party) -> str:
    """The explorer around a party."""
    return with_query("/explorer", focus=focus.name if _PLAIN.fullmatch(focus.name) else end(focus))


def end(party: Party) -> str:
    """A party in a query: `service:web`."""
    return f"{party.kind}:{slug(party.name)}"


def with_query(address: str, **parameters: str | int | None) -> str:
    """The address with the parameters that are given."""
    given = {name: value for name, value in parameters.items() if value not in (None, "")}
    return f"{address}?{urlencode(given)}" if given else address
