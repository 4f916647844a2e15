"""The service dependency explorer: who calls whom how often, how long that takes, how often it fails, and what one
request sets off. Views of a finished audit, each list with the heaviest first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lineage.amplification import Cause, EdgeLoad, Path
from lineage.audit import Audit, AuditOperation, AuditService, Call
from lineage.histogram import Histogram, merged
from lineage.model import Operation, Party
from lineage.sampling import Sampled, together
from lineage.system import Context, EdgeMode, StatementRun

_MILLISECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds. Percentiles are at most 4.4 % from the true ones (`lineage.histogram`); `most` is exact."""

    p50: float
    p90: float
    p99: float
    most: float


@dataclass(frozen=True, slots=True)
class ServiceLoad:
    """A service: what its operations handled, and how many parties call it and are called by it. `sampled` is of
    `calls`."""

    name: str
    calls: int
    errors: int
    error_share: float
    latency: Latency | None
    callers: int
    callees: int
    spans: int
    sampled: Sampled


@dataclass(frozen=True, slots=True)
class Edge:
    """Calls of one operation of `callee` by a service, None where the caller sends no spans. As in `Call`."""

    caller: str | None
    callee: str
    operation: str
    protocol: str
    calls: int
    errors: int
    error_share: float
    amplification: float
    latency: Latency | None
    sampled: Sampled
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class ContextLoad:
    """A calling path. `per_parent` is how often it was called for each call of the path before; None at a root."""

    path: Path
    calls: int
    errors: int
    error_share: float
    latency: Latency | None
    statements: tuple[StatementRun, ...]
    per_parent: float | None = None


@dataclass(frozen=True, slots=True)
class Amplified:
    """Calls of one edge for each of the `requests` to `root`: `mean` and `most` are exact, `p99` at most 4.4 % off.

    Requests without a call count. `burst`, `mode` and `cause` as in `EdgeLoad`.
    """

    root: Operation
    caller: Operation
    callee: Party
    operation: str
    protocol: str
    mode: EdgeMode
    requests: int
    calls: int
    mean: float
    p99: float
    most: int
    burst: int
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Explored:
    """The whole system, or the part of it around one party."""

    services: tuple[ServiceLoad, ...]
    calls: tuple[Edge, ...]
    amplification: tuple[Amplified, ...]


def explore(audit: Audit, part: Audit | None = None) -> Explored:
    """Services, calls and amplification; of `part` alone where one is given, with the figures of the whole."""
    shown = part or audit
    names = {service.name for service in shown.services}
    known = tuple(service for service in services(audit) if service.name in names)
    return Explored(known, edges(shown), amplification(shown))


def services(audit: Audit) -> tuple[ServiceLoad, ...]:
    """Every service, the busiest first."""
    operations: dict[str, list[AuditOperation]] = defaultdict(list)
    for operation in audit.operations:
        operations[operation.service].append(operation)
    pairs = {(call.caller, call.callee) for call in audit.calls if call.caller is not None}
    callees, callers = Counter(caller for caller, _ in pairs), Counter(callee for _, callee in pairs)
    found = [_service(one, operations[one.name], callers[one.name], callees[one.name]) for one in audit.services]
    return tuple(sorted(found, key=lambda one: (-one.calls, one.name)))


def edges(audit: Audit) -> tuple[Edge, ...]:
    """Every call, the most frequent first."""
    return tuple(map(edge, sorted(audit.calls, key=_busiest)))


def edge(call: Call) -> Edge:
    """A call with its shares and percentiles."""
    return Edge(
        call.caller,
        call.callee,
        call.operation,
        call.protocol,
        call.calls,
        call.errors,
        _share(call.errors, call.calls),
        call.amplification,
        latency(call.durations),
        call.sampled,
        call.schema,
    )


def contexts(audit: Audit) -> tuple[ContextLoad, ...]:
    """Every calling path that the audit holds, in the order of the calling-context tree."""
    everything = (*audit.contexts, *audit.further_contexts)
    calls = {context.path: context.calls for context in everything}
    return tuple(_context(context, calls) for context in sorted(everything, key=lambda context: context.path))


def amplification(audit: Audit) -> tuple[Amplified, ...]:
    """The load of every edge by every root, the most calls of one request first."""
    found = (_amplified(load) for load in audit.loads)
    return tuple(sorted(found, key=lambda a: (-a.most, -a.calls, a.root, a.caller, a.callee, a.operation, a.mode)))


def latency(durations: Histogram) -> Latency | None:
    """Percentiles of durations in nanoseconds; None where no duration was told."""
    if not durations.most:
        return None
    p50, p90, p99 = (round(durations.quantile(share) / _MILLISECOND, 3) for share in (0.5, 0.9, 0.99))
    return Latency(p50, p90, p99, round(durations.most / _MILLISECOND, 3))


def _service(one: AuditService, operations: Sequence[AuditOperation], callers: int, callees: int) -> ServiceLoad:
    calls, errors = sum(operation.calls for operation in operations), sum(operation.errors for operation in operations)
    return ServiceLoad(
        one.name,
        calls,
        errors,
        _share(errors, calls),
        latency(merged(operation.durations for operation in operations)),
        callers,
        callees,
        one.spans,
        together((operation.calls, operation.sampled) for operation in operations),
    )


def _context(context: Context, calls: Mapping[Path, int]) -> ContextLoad:
    parent = calls.get(context.path[:-1])
    return ContextLoad(
        context.path,
        context.calls,
        context.errors,
        _share(context.errors, context.calls),
        latency(context.durations),
        context.statements,
        round(context.calls / parent, 4) if parent else None,
    )


def _amplified(load: EdgeLoad) -> Amplified:
    spread = load.per_request
    return Amplified(
        load.root,
        load.caller,
        load.callee,
        load.operation,
        load.protocol,
        load.mode,
        spread.count,
        spread.total,
        round(spread.mean, 4),
        round(spread.quantile(0.99), 1),
        spread.most,
        load.burst,
        load.cause,
    )


def _busiest(call: Call) -> tuple[object, ...]:
    return -call.calls, call.caller or "", call.callee, call.operation, call.protocol


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
