"""Who calls whom: how often, with how many errors, how many calls each handling sets off, and who is how far away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lineage.audit import Audit, Call
from lineage.model import Operation
from reports.limits import CALLS, ROOTS, first

DEPTH = 3  # calls away
_Neighbours = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What is around a service: its calls and callers with their figures, and names two and three calls away."""

    calls: tuple[Call, ...]
    calls_left_out: int
    callers: tuple[Call, ...]
    callers_left_out: int
    beyond: tuple[tuple[int, tuple[str, ...]], ...]
    before: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Root:
    """An operation at which traces begin: what one request to it sets off, on average.

    `operations` are handlings that ran statements, `statements` the statements of all of them.
    """

    operation: Operation
    requests: int
    operations: float
    statements: float


def roots(audit: Audit) -> tuple[tuple[Root, ...], int]:
    """The operations at which traces begin, the heaviest load first, and how many are left out."""
    requests: dict[Operation, int] = defaultdict(int)
    handled: dict[Operation, int] = defaultdict(int)
    ran: dict[Operation, int] = defaultdict(int)
    for context in audit.contexts:
        if not context.path:
            continue
        start = context.path[0]
        requests[start] += context.calls if len(context.path) == 1 else 0
        handled[start] += context.calls if len(context.path) > 1 else 0
        ran[start] += sum(run.calls for run in context.statements)
    found = [Root(o, n, handled[o] / n, ran[o] / n) for o, n in requests.items() if n]
    found.sort(key=lambda root: (-root.statements * root.requests, -root.requests, root.operation))
    return first(found, ROOTS)


def neighbourhoods(audit: Audit) -> dict[str, Neighbourhood]:
    """The neighbourhood of each service."""
    out: dict[str, list[Call]] = defaultdict(list)
    into: dict[str, list[Call]] = defaultdict(list)
    for call in sorted(audit.calls, key=lambda call: (-call.calls, call.callee, call.operation, call.caller or "")):
        into[call.callee].append(call)
        if call.caller is not None:
            out[call.caller].append(call)
    down = {name: frozenset(call.callee for call in calls) for name, calls in out.items()}
    up = {name: frozenset(call.caller for call in calls if call.caller) for name, calls in into.items()}
    each = min(max(CALLS // max(len(audit.services), 1), 3), 12)
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
