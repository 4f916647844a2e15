"""Who the hosts are that services call and that send no spans: known processors, and parts of the house.

`[[outsiders]]` of auditor.toml come first, then the list of well-known processors beside this file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from auditor.annotations.entries import Entry, complaints, entries
from lineage.audit import AuditService, Outsider
from lineage.model import Party
from lineage.system import Amplification, Exchange, SystemModel, Unseen

Edge = TypeVar("Edge", Exchange, Amplification)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the hosts that `match`, a pattern with `*`. `internal`: a part of the house without spans."""

    match: str
    provider: str | None = None
    purpose: str | None = None
    region: str | None = None
    internal: bool = False
    place: str = ""


def read_outsiders(data: Mapping[str, Any], text: str) -> tuple[tuple[Known, ...], list[str]]:
    """The `[[outsiders]]` of a parsed TOML file, and all mistakes in them."""
    found, mistakes = entries(data, "outsiders", text)
    known = tuple(_known(entry) for entry in found)
    return known, mistakes + complaints(found)


def _known(entry: Entry) -> Known:
    entry.only("match", "provider", "purpose", "region", "internal")
    internal = entry.row.get("internal", False)
    if not isinstance(internal, bool):
        entry.mistakes.append(f"{entry.place}: 'internal' must be true or false")
    return Known(
        entry.text("match", required=True).lower(),
        entry.text("provider") or None,
        entry.text("purpose") or None,
        entry.text("region") or None,
        internal is True,
        entry.place,
    )


@cache
def well_known() -> tuple[Known, ...]:
    """The list that comes with the auditor, exact hosts before patterns."""
    data = tomllib.loads(resources.files("auditor").joinpath("providers.toml").read_text(encoding="utf-8"))
    found = [
        Known(host, provider, purpose)
        for purpose, providers in data.items()
        for provider, hosts in providers.items()
        for host in hosts
    ]
    return tuple(sorted(found, key=lambda known: ("*" in known.match, -len(known.match), known.match)))


def who_is(host: str, configured: Sequence[Known]) -> Known | None:
    """What is known of a host (a port is left aside): what the configuration says, the list for what it leaves out."""
    name = host.lower().partition(":")[0]
    said = next((known for known in configured if fnmatchcase(name, known.match)), None)
    listed = next((known for known in well_known() if fnmatchcase(name, known.match)), None)
    if said is None or listed is None or said.internal:
        return said or listed
    return replace(said, provider=said.provider or listed.provider, purpose=said.purpose or listed.purpose)


def described(outsiders: Iterable[Outsider], configured: Sequence[Known]) -> tuple[Outsider, ...]:
    """The outsiders with what is known of them."""
    result = []
    for outsider in outsiders:
        known = who_is(outsider.name, configured)
        if known is not None:
            said = _said(outsider.name, configured)
            outsider = replace(
                outsider, provider=known.provider, purpose=known.purpose, region=known.region, declared=said
            )
        result.append(outsider)
    return tuple(result)


def _said(host: str, configured: Sequence[Known]) -> tuple[str, ...]:
    """Which of an outsider's words are the configuration's own."""
    name = host.lower().partition(":")[0]
    said = next((known for known in configured if fnmatchcase(name, known.match)), None)
    return tuple(word for word in ("provider", "purpose", "region") if getattr(said, word, None))


def with_insiders(model: SystemModel, configured: Sequence[Known]) -> SystemModel:
    """The model with the calls of hosts that are said to be internal as calls of services, which send no spans."""
    names = {e.callee.name for e in model.exchanges if e.callee.kind == "outsider"}
    inside = {name for name in names if (known := who_is(name, configured)) is not None and known.internal}
    if not inside:
        return model
    exchanges = tuple(_moved(exchange) if exchange.callee.name in inside else exchange for exchange in model.exchanges)
    calls = {name: sum(e.seen.calls for e in exchanges if e.callee.name == name) for name in inside}
    unseen = tuple(Unseen("uninstrumented_service", name, "", calls[name], calls[name]) for name in sorted(inside))
    amplifications = tuple(_moved(a) if a.callee.name in inside else a for a in model.amplifications)
    return replace(model, exchanges=exchanges, amplifications=amplifications, unseen=(*model.unseen, *unseen))


def _moved(edge: Edge) -> Edge:
    if edge.callee.kind != "outsider":
        return edge
    return replace(edge, callee=Party("service", edge.callee.name))


def without_spans(model: SystemModel) -> tuple[AuditService, ...]:
    """The services that are called but send no spans."""
    known = {service.name for service in model.services}
    operations: dict[str, set[str]] = {}
    for exchange in model.exchanges:
        if exchange.callee.kind == "service" and exchange.callee.name not in known:
            operations.setdefault(exchange.callee.name, set()).add(exchange.operation)
    return tuple(AuditService(name, tuple(sorted(asked)), 0) for name, asked in sorted(operations.items()))
