"""What services, stores and called parties are called, once everything is counted.

The kernel writes down the names that spans give: a service is `name<US>namespace`, a store the way it is reached, an
unanswered peer all that its caller says of it, joined by the control characters US and RS, which no name holds. Which
names will do, only the whole tells: whether two namespaces share a service's name, which service answers at an
address, which host an address stands for. So parts are counted, added up, and named last.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from auditor.engine.stores import names_of
from lineage.merge import total, total_runs
from lineage.model import Operation, Party
from lineage.system import Address, Context, Exchange, StoreSeen, StoreWay, SystemModel

_NAMESPACE, _PART = "\x1f", "\x1e"


def named(model: SystemModel, store_aliases: Mapping[str, str] | None = None) -> SystemModel:
    """The model with the names that people know. `store_aliases` maps names made here to the ones to use instead.

    What turns out to be one party becomes one entry.
    """
    service = _services(model)
    ways = [replace(way, service=service(way.service)) for way in model.ways]
    names = names_of(ways, store_aliases)
    store_names = {_way_key(old): names[new] for old, new in zip(model.ways, ways, strict=True)}
    answering = _Answering({service(seen.name) for seen in model.services}, model.addresses, service)

    def operation(old: Operation) -> Operation:
        return Operation(service(old.service), old.name)

    def party(old: Party) -> Party:
        match old.kind:
            case "service":
                return Party("service", service(old.name))
            case "store":
                return Party("store", store_names[old.name])
            case "outsider":
                return answering.party(*_said(old.name))
        return old

    exchanges = [(old.id, _exchange(old, operation, party)) for old in model.exchanges]
    step = {old: new.id for old, new in exchanges}
    successions = (
        replace(s, operation=operation(s.operation), before=step.get(s.before, s.before), after=step[s.after])
        for s in model.successions
    )
    return total(
        [
            replace(
                model,
                services=tuple(replace(seen, name=service(seen.name)) for seen in model.services),
                operations=tuple(replace(seen, operation=operation(seen.operation)) for seen in model.operations),
                stores=_stores(names),
                statements=tuple(
                    replace(use, operation=operation(use.operation), store=store_names[use.store])
                    for use in model.statements
                ),
                exchanges=tuple(new for _, new in exchanges),
                successions=tuple(s for s in successions if s.before != s.after),
                contexts=tuple(
                    Context(
                        tuple(map(operation, context.path)),
                        context.calls,
                        total_runs(replace(run, store=store_names[run.store]) for run in context.statements),
                        context.errors,
                        context.durations,
                    )
                    for context in model.contexts
                ),
                amplifications=tuple(
                    replace(a, root=operation(a.root), caller=operation(a.caller), callee=party(a.callee))
                    for a in model.amplifications
                ),
                leaks=tuple(replace(leak, service=service(leak.service)) for leak in model.leaks),
                unseen=tuple(
                    replace(u, service=service(u.service), other=store_names.get(u.other, u.other))
                    for u in model.unseen
                ),
                ways=(),
                addresses=(),
            )
        ]
    )


def _services(model: SystemModel) -> Callable[[str], str]:
    """A service's name; with its namespace in front where several namespaces share the name."""
    namespaces: Counter[str] = Counter(seen.name.partition(_NAMESPACE)[0] for seen in model.services)

    @cache
    def name(written: str) -> str:
        bare, _, namespace = written.partition(_NAMESPACE)
        return f"{namespace}/{bare}" if namespace and namespaces[bare] > 1 else bare

    return name


class _Answering:
    """Which service answers where a call names only a peer, or a host and port."""

    def __init__(self, services: set[str], addresses: tuple[Address, ...], name: Callable[[str], str]) -> None:
        self._services = services
        self._at: dict[tuple[str, int], set[str]] = defaultdict(set)
        for address in addresses:
            self._at[address.host, address.port].add(name(address.service))

    def service(self, peer: str, host: str, port: int) -> str | None:
        """The service of that name, else the only one that has answered at that address."""
        by_name = [name for name in (peer, host) if name in self._services]
        if by_name:
            return min(by_name)
        at = self._at.get((host, port), set())
        return next(iter(at)) if len(at) == 1 else None

    def party(self, peer: str, host: str, port: int) -> Party:
        """That service, else the outsider that goes by these names."""
        known = self.service(peer, host, port)
        return Party("outsider", peer or host) if known is None else Party("service", known)


def _said(written: str) -> tuple[str, str, int]:
    """Peer, host and port of an unanswered peer, as the kernel writes them down."""
    peer, host, port = written.split(_PART)
    return peer, host, int(port or 0)


def _exchange(old: Exchange, operation: Callable[[Operation], Operation], party: Callable[[Party], Party]) -> Exchange:
    caller, callee, unpaired = old.caller and operation(old.caller), party(old.callee), old.unpaired
    if old.callee.kind == "outsider":
        unpaired = old.seen.calls if callee.kind == "service" else 0
    words = (
        *((caller.service, caller.name) if caller else ("", "")),
        *(callee.kind, callee.name, old.operation, old.protocol, old.mode),
    )
    id_ = "x1-" + hashlib.md5("\x1f".join(words).encode(), usedforsecurity=False).hexdigest()[:16]
    return replace(old, id=id_, caller=caller, callee=callee, unpaired=unpaired)


def _way_key(way: StoreWay) -> str:
    """How the kernel writes a way down."""
    port = str(way.port) if way.port is not None else ""
    return _PART.join((way.service, way.system or "", way.host or "", port, way.namespace or ""))


def _stores(names: Mapping[StoreWay, str]) -> tuple[StoreSeen, ...]:
    stores: dict[str, list[StoreWay]] = defaultdict(list)
    for way, name in names.items():
        stores[name].append(way)
    return tuple(
        StoreSeen(
            name,
            min((way.system for way in ways if way.system), default=StoreSeen.UNKNOWN),
            min((way.namespace for way in ways if way.namespace), default=None),
            tuple(sorted({f"{way.host}:{way.port}" if way.port else way.host for way in ways if way.host})),
        )
        for name, ways in sorted(stores.items())
        if any(way.used for way in ways)
    )
