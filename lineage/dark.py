"""Connections that something else than traces tells of: the network, or a graph of calls counted elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lineage.audit import Call
from lineage.model import Gap, Party
from lineage.system import SystemModel

End = tuple[str, ...]  # the names that one end of a connection goes by, best first
NAMED = 5  # callees named in one gap
GRAPH_OPERATION = "(counted by a dependency graph)"


@dataclass(frozen=True, slots=True)
class Connection:
    """`amount` are bytes (kind network) or calls (kind graph). `is_sure` tells that `source` began it."""

    kind: Literal["network", "graph"]
    source: End
    target: End
    amount: int
    port: int | None = None
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Dark:
    """What traces do not show: gaps, and edges of the call graph on lower evidence."""

    gaps: tuple[Gap, ...] = ()
    calls: tuple[Call, ...] = ()


def dark_edges(connections: Sequence[Connection], model: SystemModel) -> Dark:
    """The connections that no exchange and no statement of the model shows, in either direction."""
    who = _Parties(model)
    network: dict[tuple[str, str], list[Connection]] = defaultdict(list)
    graph: dict[tuple[str, str], int] = defaultdict(int)
    total = sum(each.amount for each in connections if each.kind == "network")
    for each in connections:
        one, other = who.name(each.source), who.name(each.target)
        if one == other or who.is_seen(each.source, each.target):
            continue
        if each.kind == "graph":
            graph[one, other] += each.amount
        else:
            network[one, other].append(each)
    return Dark(
        (*_network_gaps(network, who, total), *_graph_gaps(graph)),
        tuple(
            Call(one, other, GRAPH_OPERATION, "unknown", calls, 0, 1.0) for (one, other), calls in sorted(graph.items())
        ),
    )


class _Parties:
    """The parties of a model by the names that a network may know them by."""

    def __init__(self, model: SystemModel) -> None:
        self._known: dict[str, set[Party]] = defaultdict(set)
        self._seen: set[frozenset[Party]] = set()
        for service in model.services:
            self._put(Party("service", service.name), service.name, service.name.rpartition("/")[2])
        for store in model.stores:
            self._put(
                Party("store", store.name), store.name, *(host.rpartition(":")[0] or host for host in store.hosts)
            )
        for exchange in model.exchanges:
            if exchange.callee.kind in ("outsider", "service"):
                self._put(exchange.callee, exchange.callee.name)
            elif exchange.callee.kind == "channel":
                self._put(exchange.callee, exchange.callee.name, exchange.protocol)
            if exchange.caller is not None:
                self._seen.add(frozenset((Party("service", exchange.caller.service), exchange.callee)))
        for use in model.statements:
            self._seen.add(frozenset((Party("service", use.operation.service), Party("store", use.store))))

    def find(self, end: End) -> frozenset[Party]:
        """The parties that an end may be: those of its first name that is known."""
        for name in end:
            found = self._known.get(name.lower()) or self._known.get(_first_label(name.lower()))
            if found:
                return frozenset(found)
        return frozenset()

    def name(self, end: End) -> str:
        """What to call an end: the party that it is, when there is just one."""
        found = self.find(end)
        return next(iter(found)).name if len(found) == 1 else end[0]

    def is_seen(self, one: End, other: End) -> bool:
        """Whether traces show any connection between two ends."""
        return any(frozenset((a, b)) in self._seen for a in self.find(one) for b in self.find(other))

    def is_known(self, name: str) -> bool:
        """Whether a name is of a party that traces show."""
        return bool(self.find((name,)))

    def _put(self, party: Party, *names: str) -> None:
        for name in names:
            self._known[name.lower()].add(party)
            self._known[_first_label(name.lower())].add(party)


def _first_label(name: str) -> str:
    """`orders-db` of `orders-db.prod.svc.cluster.local`; an address stays whole."""
    label, dot, _ = name.partition(".")
    return label if dot and not label.isdigit() and "/" not in name else name


def _network_gaps(network: dict[tuple[str, str], list[Connection]], who: _Parties, total: int) -> Iterator[Gap]:
    """One gap for two ends, whichever way the bytes went; those between strangers are counted together."""
    pairs: dict[frozenset[str], list[tuple[str, str, Connection]]] = defaultdict(list)
    for (one, other), found in network.items():
        pairs[frozenset((one, other))] += [(one, other, each) for each in found]
    strangers = 0
    for pair, group in sorted(pairs.items(), key=lambda item: sorted(item[0])):
        bytes_ = sum(each.amount for _, _, each in group)
        if not any(who.is_known(name) for name in pair):
            strangers += bytes_
            continue
        hides = "a connection that no trace shows: the bytes counted here went over it, and what they were is unknown"
        yield Gap("dark_edge", _arrow(group), bytes_, round(bytes_ / max(total, 1), 4), hides)
    if strangers:
        hides = "connections of which neither end is known from traces: the bytes counted here went over them"
        yield Gap("dark_edge", "between others", strangers, round(strangers / max(total, 1), 4), hides)


def _arrow(group: Iterable[tuple[str, str, Connection]]) -> str:
    group = list(group)
    begun = sorted({(one, other) for one, other, each in group if each.is_sure})
    ports = sorted({each.port for _, _, each in group if each.port is not None})
    port = f" (port {', '.join(map(str, ports[:3]))})" if ports else ""
    if len(begun) == 1:
        return f"{begun[0][0]} -> {begun[0][1]}{port}"
    one, other = sorted({name for one, other, _ in group for name in (one, other)})
    return f"{one} <-> {other}{port}"


def _graph_gaps(graph: dict[tuple[str, str], int]) -> Iterator[Gap]:
    total = sum(graph.values())
    by_caller: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for (one, other), calls in graph.items():
        by_caller[one].append((calls, other))
    for caller, callees in sorted(by_caller.items()):
        most = sorted(callees, key=lambda each: (-each[0], each[1]))
        named = ", ".join(name for _, name in most[:NAMED]) + (
            f" and {len(most) - NAMED} more" if len(most) > NAMED else ""
        )
        calls = sum(calls for calls, _ in callees)
        hides = f"calls that only a dependency graph tells of, to {named}: what they carry is unknown"
        yield Gap("counted_edge", caller, calls, round(calls / max(total, 1), 4), hides)
