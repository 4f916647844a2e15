"""What a request sets off: how often each edge is called for it, and which loop or fan-out makes it so often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import Literal

from lineage.histogram import Histogram
from lineage.model import Operation, Party
from lineage.system import Amplification, Context, EdgeMode, SystemModel

Path = tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """The step that multiplies the calls most.

    loop: one handling of `caller` calls `operation` of `callee` `factor` times on average, and `most` times at most.
    fan-out: the edge is reached from `caller` by `most` paths, which together bring `factor` times the calls of the
    busiest; `callee` and `operation` are then the edge's own.
    """

    kind: Literal["loop", "fan-out"]
    caller: Operation
    callee: Party
    operation: str
    factor: float
    most: int


@dataclass(frozen=True, slots=True)
class EdgeLoad:
    """The calls of one edge for each request to `root`, an operation at which traces begin.

    The edge is an exchange of `caller`, or a statement that it runs (`mode` statement: `callee` is the store,
    `operation` the statement's id). `per_request` counts all requests, those without a call as well, by their number
    of calls; `burst` is the most calls that one handling of `caller` made. `cause` is None where no request had two.
    """

    root: Operation
    caller: Operation
    callee: Party
    operation: str
    protocol: str
    mode: EdgeMode
    per_request: Histogram
    burst: int
    cause: Cause | None = None


def edge_loads(model: SystemModel, most: int | None = None) -> tuple[EdgeLoad, ...]:
    """The load of every edge by every root, the heaviest first: by the most calls of one request, then by all.

    At most `most` of them, if given: only for those a cause is looked for.
    """
    tree = _Tree(model)
    return tuple(_load(amplification, tree) for amplification in sorted(model.amplifications, key=_heaviest)[:most])


def _load(a: Amplification, tree: _Tree) -> EdgeLoad:
    everyone = replace(a.per_request, zeros=max(tree.requests(a.root) - a.per_request.count, 0))
    cause = tree.cause(a) if a.per_request.most > 1 else None
    return EdgeLoad(a.root, a.caller, a.callee, a.operation, a.protocol, a.mode, everyone, a.burst, cause)


def _heaviest(a: Amplification) -> tuple[object, ...]:
    spread = a.per_request
    return -spread.most, -spread.total, a.root, a.caller, a.callee, a.operation, a.protocol, a.mode


class _Tree:
    """The calling-context tree, with what is looked up in it."""

    def __init__(self, model: SystemModel) -> None:
        self._calls = {context.path: context.calls for context in model.contexts}
        self._ends: dict[tuple[Operation, Operation], list[Context]] = defaultdict(list)
        for context in model.contexts:
            self._ends[context.path[0], context.path[-1]].append(context)
        self._bursts: Mapping[tuple[Operation, Operation, Operation], int] = {
            (a.root, a.caller, Operation(a.callee.name, a.operation)): a.burst
            for a in model.amplifications
            if a.callee.kind == "service"
        }

    def requests(self, root: Operation) -> int:
        """How often traces begin at `root`."""
        return self._calls.get((root,), 0)

    def cause(self, edge: Amplification) -> Cause | None:
        """The step with the largest factor; None where the paths to the edge are not known."""
        ways = self._ways(edge)
        if not ways:
            return None
        path, calls = max(ways.items(), key=lambda way: (way[1], way[0]))
        found = [*self._loops(edge, path, calls)]
        if len(ways) > 1:
            factor = round(sum(ways.values()) / calls, 2)
            found.append(Cause("fan-out", _parting(list(ways)), edge.callee, edge.operation, factor, len(ways)))
        several = [cause for cause in found if cause.factor > 1] or [cause for cause in found if cause.most > 1]
        return max(several, key=lambda cause: (cause.factor, cause.most), default=None)

    def _ways(self, edge: Amplification) -> dict[Path, float]:
        """The paths from the root to the edge's caller that lead on over the edge, each with its calls of the edge.

        How many calls to a party without spans come by which path is not counted: they are shared out evenly.
        """
        ends = self._ends.get((edge.root, edge.caller), [])
        if edge.mode == "statement":
            ran = {
                context.path: sum(
                    run.calls
                    for run in context.statements
                    if (run.statement, run.store) == (edge.operation, edge.callee.name)
                )
                for context in ends
            }
            return {path: float(calls) for path, calls in ran.items() if calls}
        called = Operation(edge.callee.name, edge.operation)
        told = {context.path: float(self._calls.get((*context.path, called), 0)) for context in ends}
        if edge.callee.kind == "service" and any(told.values()):
            return {path: calls for path, calls in told.items() if calls}
        handlings = sum(context.calls for context in ends)
        return {context.path: edge.per_request.total * context.calls / handlings for context in ends}

    def _loops(self, edge: Amplification, path: Path, calls: float) -> Iterator[Cause]:
        """The steps of a path to the edge, the edge last, each with its calls for one handling of the caller."""
        for length, (caller, callee) in enumerate(pairwise(path), start=1):
            factor = self._calls[path[: length + 1]] / self._calls[path[:length]]
            burst = self._bursts.get((edge.root, caller, callee), ceil(factor))  # of consumers nobody counted it
            yield Cause("loop", caller, Party("service", callee.service), callee.name, round(factor, 2), burst)
        factor = calls / self._calls[path]
        yield Cause("loop", edge.caller, edge.callee, edge.operation, round(factor, 2), edge.burst)


def _parting(paths: Sequence[Path]) -> Operation:
    """The last operation that all paths from one root have in common."""
    shortest = min(len(path) for path in paths)
    same = next((n for n in range(shortest) if len({path[n] for path in paths}) > 1), shortest)
    return paths[0][same - 1]
