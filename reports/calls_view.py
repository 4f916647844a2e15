"""Who calls whom: how often, with how many errors, how many calls each handling sets off, and who is how far away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lineage.audit import Audit
from lineage.explorer import Amplified, Edge, Latency, amplification, edges, latency
from lineage.model import Operation
from lineage.system import Context
from reports.limits import CALLS, LOADS, ROOTS, first

DEPTH = 3  # calls away
_Neighbours = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What is around a service: its calls and callers with their figures, and names two and three calls away."""

    calls: tuple[Edge, ...]
    calls_left_out: int
    callers: tuple[Edge, ...]
    callers_left_out: int
    beyond: tuple[tuple[int, tuple[str, ...]], ...]
    before: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Root:
    """An operation at which traces begin: what one request to it sets off, on average, and how long it takes.

    `operations` are handlings that ran statements, `statements` the statements of all of them.
    """

    operation: Operation
    requests: int
    operations: float
    statements: float
    latency: Latency | None


@dataclass(frozen=True, slots=True)
class Multiplied:
    """An edge that some request sets off more than once. `what` is the operation called, or the statement's shape."""

    load: Amplified
    what: str


def roots(audit: Audit) -> tuple[tuple[Root, ...], int]:
    """The operations at which traces begin, the heaviest load first, and how many are left out."""
    requests: dict[Operation, int] = defaultdict(int)
    handled: dict[Operation, int] = defaultdict(int)
    ran: dict[Operation, int] = defaultdict(int)
    began: dict[Operation, Context] = {}
    for context in audit.contexts:
        if not context.path:
            continue
        start = context.path[0]
        if len(context.path) == 1:
            began[start] = context
        requests[start] += context.calls if len(context.path) == 1 else 0
        handled[start] += context.calls if len(context.path) > 1 else 0
        ran[start] += sum(run.calls for run in context.statements)
    found = [Root(o, n, handled[o] / n, ran[o] / n, latency(began[o].durations)) for o, n in requests.items() if n]
    found.sort(key=lambda root: (-root.statements * root.requests, -root.requests, root.operation))
    return first(found, ROOTS)


def multiplied(audit: Audit) -> tuple[tuple[Multiplied, ...], int]:
    """The edges that one request sets off more than once, the most calls first, and how many are left out."""
    shapes = {shape.id: shape.shape for shape in audit.statements}
    found, left = first([one for one in amplification(audit) if one.most > 1], LOADS)
    return tuple(Multiplied(one, shapes.get(one.operation, one.operation)) for one in found), left


def neighbourhoods(audit: Audit) -> dict[str, Neighbourhood]:
    """The neighbourhood of each service."""
    out: dict[str, list[Edge]] = defaultdict(list)
    into: dict[str, list[Edge]] = defaultdict(list)
    for call in edges(audit):
        into[call.callee].append(call)
        if call.caller is not None:
            out[call.caller].append(call)
    down = {name: frozenset(call.callee for call in calls) for name, calls in out.items()}
    up = {name: frozenset(call.caller for call in calls if call.caller) for name, calls in into.items()}
    each = min(max(CALLS // max(len(audit.services), 1), 2), 12)
    return {
        service.name: Neighbourhood(
            *first(out[service.name], each),
            *first(into[service.name], each),
            rings(down, service.name),
            rings(up, service.name),
        )
        for service in audit.services
    }


def rings(neighbours: _Neighbours, start: str, depth: int = DEPTH) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Who is two, three ... calls away, each name at its shortest distance."""
    seen = {start, *neighbours.get(start, ())}
    edge = seen - {start}
    result = []
    for distance in range(2, depth + 1):
        edge = {far for near in edge for far in neighbours.get(near, ())} - seen
        if not edge:
            break
        seen |= edge
        result.append((distance, tuple(sorted(edge))))
    return tuple(result)
