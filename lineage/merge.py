"""System models added up: of files, days, workers or buckets of traces, in any order and any grouping.

The sum is what counting everything at once would give, when each trace lies whole in one part, together with the links
that lead to it, and when no span lies in two parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from lineage.histogram import merged
from lineage.model import Leak, Seen
from lineage.system import (
    Address,
    Amplification,
    ChannelLink,
    Context,
    Exchange,
    OperationSeen,
    ServiceSeen,
    StatementRun,
    StatementUse,
    StoreSeen,
    StoreWay,
    Succession,
    SystemModel,
    Unseen,
    VersionSeen,
)

Entry = TypeVar("Entry")
_EXAMPLES = 3


def add(a: SystemModel, b: SystemModel) -> SystemModel:
    """The sum of two models. Associative and commutative; `SystemModel()` changes nothing."""
    return total((a, b))


def total(models: Iterable[SystemModel]) -> SystemModel:
    """The sum of any number of models, sorted; of one model, itself with entries of the same name added up."""
    models = list(models)
    timed = [model for model in models if model.spans]

    def summed(name: str, key: Callable[[Entry], Hashable], join: Callable[[Entry, Entry], Entry]) -> tuple[Entry, ...]:
        return _grouped((entry for model in models for entry in getattr(model, name)), key, join)

    return SystemModel(
        services=summed("services", lambda s: s.name, _services),
        operations=summed("operations", lambda o: o.operation, _operations),
        stores=summed("stores", lambda s: s.name, _stores),
        statements=summed("statements", lambda s: (s.operation, s.store, s.id), _statements),
        exchanges=summed("exchanges", _parties, _exchanges),
        successions=summed("successions", lambda s: (s.operation, s.before, s.after), _successions),
        channel_links=summed("channel_links", lambda c: (c.published, c.consumed), _links),
        contexts=summed("contexts", lambda c: c.path, _contexts),
        amplifications=summed("amplifications", _edge, _amplifications),
        leaks=summed("leaks", lambda leak: (leak.service, leak.attribute, leak.category), _leaks),
        unseen=summed("unseen", lambda u: (u.kind, u.service, u.other), _unseen),
        ways=summed("ways", _way, _ways),
        addresses=summed("addresses", lambda a: a, _same),
        spans=sum(model.spans for model in models),
        duplicates=sum(model.duplicates for model in models),
        weighted=sum(model.weighted for model in models),
        adjusted=sum(model.adjusted for model in models),
        traces=sum(model.traces for model in models),
        first=min((model.first for model in timed), default=0),
        last=max((model.last for model in timed), default=0),
    )


def _grouped(
    entries: Iterable[Entry], key: Callable[[Entry], Any], join: Callable[[Entry, Entry], Entry]
) -> tuple[Entry, ...]:
    groups: dict[Any, Entry] = {}
    for entry in entries:
        name = key(entry)
        groups[name] = join(groups[name], entry) if name in groups else entry
    return tuple(groups[name] for name in sorted(groups))


def _seen(a: Seen, b: Seen) -> Seen:
    traces = tuple(sorted((*a.traces, *b.traces))[:_EXAMPLES])
    return Seen(
        a.calls + b.calls,
        a.errors + b.errors,
        min(a.first, b.first),
        max(a.last, b.last),
        traces,
        a.weighted + b.weighted,
        a.adjusted + b.adjusted,
    )


def _least(a: str | None, b: str | None) -> str | None:
    return min(filter(None, (a, b)), default=None)


def _services(a: ServiceSeen, b: ServiceSeen) -> ServiceSeen:
    versions = _versions((*a.versions, *b.versions))
    return ServiceSeen(a.name, a.spans + b.spans, versions, a.weighted + b.weighted, a.adjusted + b.adjusted)


def _versions(versions: Iterable[VersionSeen]) -> tuple[VersionSeen, ...]:
    """Each version once, the earliest first."""
    seen: dict[str, list[VersionSeen]] = defaultdict(list)
    for version in versions:
        seen[version.name].append(version)
    added = (VersionSeen(n, min(v.first for v in same), max(v.last for v in same)) for n, same in seen.items())
    return tuple(sorted(added, key=lambda version: (version.first, version.name)))


def _operations(a: OperationSeen, b: OperationSeen) -> OperationSeen:
    durations = merged((a.durations, b.durations))
    return OperationSeen(a.operation, min(a.kind, b.kind), _seen(a.seen, b.seen), durations)


def _stores(a: StoreSeen, b: StoreSeen) -> StoreSeen:
    system = min({a.system, b.system} - {StoreSeen.UNKNOWN}, default=StoreSeen.UNKNOWN)
    return StoreSeen(a.name, system, _least(a.namespace, b.namespace), tuple(sorted({*a.hosts, *b.hosts})))


def _statements(a: StatementUse, b: StatementUse) -> StatementUse:
    return replace(
        a,
        system=_least(a.system, b.system) or "",
        shape=_least(a.shape, b.shape),
        verb=_least(a.verb, b.verb),
        collection=_least(a.collection, b.collection),
        seen=_seen(a.seen, b.seen),
    )


def _parties(e: Exchange) -> tuple[Any, ...]:
    """What tells exchanges apart; those without a caller come last."""
    caller = () if e.caller is None else (e.caller.service, e.caller.name)
    return e.caller is None, caller, e.callee, e.operation, e.protocol, e.mode, e.id


def _exchanges(a: Exchange, b: Exchange) -> Exchange:
    return replace(
        a,
        keys=tuple(sorted({*a.keys, *b.keys})),
        seen=_seen(a.seen, b.seen),
        unpaired=a.unpaired + b.unpaired,
        durations=merged((a.durations, b.durations)),
    )


def _successions(a: Succession, b: Succession) -> Succession:
    return replace(a, count=a.count + b.count, together=a.together + b.together)


def _links(a: ChannelLink, b: ChannelLink) -> ChannelLink:
    return replace(a, count=a.count + b.count)


def _contexts(a: Context, b: Context) -> Context:
    return Context(
        a.path,
        a.calls + b.calls,
        total_runs((*a.statements, *b.statements)),
        a.errors + b.errors,
        merged((a.durations, b.durations)),
    )


def _edge(a: Amplification) -> tuple[Any, ...]:
    return a.root, a.caller, a.callee, a.operation, a.protocol, a.mode


def _amplifications(a: Amplification, b: Amplification) -> Amplification:
    return replace(a, per_request=merged((a.per_request, b.per_request)), burst=max(a.burst, b.burst))


def total_runs(runs: Iterable[StatementRun]) -> tuple[StatementRun, ...]:
    """The runs of one context, added up by statement and store."""
    return _grouped(runs, lambda run: (run.statement, run.store), _runs)


def _runs(a: StatementRun, b: StatementRun) -> StatementRun:
    return replace(a, calls=a.calls + b.calls)


def _leaks(a: Leak, b: Leak) -> Leak:
    return replace(a, spans=a.spans + b.spans)


def _unseen(a: Unseen, b: Unseen) -> Unseen:
    return replace(a, count=a.count + b.count, total=a.total + b.total)


def _way(way: StoreWay) -> tuple[str, str, str, int, str]:
    return way.service, way.system or "", way.host or "", way.port or 0, way.namespace or ""


def _ways(a: StoreWay, b: StoreWay) -> StoreWay:
    return replace(a, used=a.used or b.used)


def _same(a: Address, _: Address) -> Address:
    return a
