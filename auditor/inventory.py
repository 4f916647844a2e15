"""What the audit found there is: services, stores, outsiders, channels, calls, and what it looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version

from auditor.material import Material
from lineage.access import Read
from lineage.audit import (
    AuditService,
    AuditStore,
    Call,
    Channel,
    Coverage,
    Outsider,
    Scope,
    ServiceVersion,
)
from lineage.histogram import merged
from lineage.hops import Contracts
from lineage.sampling import sampled, together, worth_of
from lineage.system import Context, Exchange, SystemModel
from lineage.tables import CatalogTable
from lineage.times import rfc3339


def services_of(model: SystemModel) -> tuple[AuditService, ...]:
    """Every service with its operations and versions."""
    operations: dict[str, list[str]] = defaultdict(list)
    for seen in model.operations:
        operations[seen.operation.service].append(seen.operation.name)
    return tuple(
        AuditService(
            s.name,
            tuple(sorted(operations[s.name])),
            s.spans,
            tuple(ServiceVersion(v.name, rfc3339(v.first), rfc3339(v.last)) for v in s.versions),
            sampled(s.spans, s.weighted, s.adjusted),
        )
        for s in model.services
    )


def stores_of(model: SystemModel, tables: Sequence[CatalogTable]) -> tuple[AuditStore, ...]:
    """Every store that was seen or declared, with its tables."""
    names: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        names[table.store].add(table.name)
    systems = {store.name: store.system for store in model.stores}
    return tuple(
        AuditStore(name, systems.get(name, "not seen"), tuple(sorted(names[name])))
        for name in sorted(set(names) | set(systems))
    )


def outsiders_of(model: SystemModel) -> tuple[Outsider, ...]:
    """Hosts that were called and sent no spans."""
    protocols: dict[str, set[str]] = defaultdict(set)
    for exchange in model.exchanges:
        if exchange.callee.kind == "outsider":
            protocols[exchange.callee.name].add(exchange.protocol)
    return tuple(Outsider(name, tuple(sorted(found))) for name, found in sorted(protocols.items()))


def channels_of(model: SystemModel) -> tuple[Channel, ...]:
    """Queues and topics."""
    found = {(e.callee.name, e.protocol) for e in model.exchanges if e.callee.kind == "channel"}
    return tuple(Channel(name, system) for name, system in sorted(found))


def contexts_of(model: SystemModel) -> tuple[Context, ...]:
    """The calling paths that tell how much: each root, and each path at whose end a statement ran."""
    return tuple(context for context in model.contexts if tells_how_much(context))


def tells_how_much(context: Context) -> bool:
    """Whether it is a root, or ends in a statement."""
    return len(context.path) == 1 or bool(context.statements)


def calls_of(model: SystemModel, contracts: Contracts) -> tuple[Call, ...]:
    """The edges of the dependency graph."""
    handled = {seen.operation: seen.seen.calls for seen in model.operations}
    groups: dict[tuple[str | None, str, str, str], list[Exchange]] = defaultdict(list)
    for e in model.exchanges:
        caller = e.caller.service if e.caller else None
        groups[caller, e.callee.name, e.operation, e.protocol].append(e)
    result = []
    for (caller, callee, operation, protocol), group in groups.items():
        calls = sum(e.seen.calls for e in group)
        handlings = sum(handled.get(op, 0) for op in {e.caller for e in group if e.caller})
        amplification = round(calls / handlings, 4) if handlings else 1.0
        errors = sum(e.seen.errors for e in group)
        schemas = {contracts[e.id].place for e in group if e.id in contracts}
        schema = ", ".join(sorted(schemas)) or None
        durations = merged(e.durations for e in group)
        worth = together((e.seen.calls, worth_of(e.seen)) for e in group)
        result.append(Call(caller, callee, operation, protocol, calls, errors, amplification, schema, durations, worth))
    return tuple(sorted(result, key=lambda c: (c.caller or "", c.callee, c.operation, c.protocol)))


def scope_of(model: SystemModel, material: Material, read: Read, coverage: tuple[Coverage, ...] = ()) -> Scope:
    """What was looked at: inputs, window, coverage, sampling."""
    return Scope(
        auditor=version("privacy-auditor"),
        inputs=tuple(sorted(material.report.inputs, key=lambda i: (i.name, i.sha256))),
        schemas=material.inputs,
        spans=model.spans,
        traces=model.traces,
        first=rfc3339(model.first),
        last=rfc3339(model.last),
        statements=read.calls,
        statements_parsed=read.calls_parsed,
        sampling=_sampling(model),
        coverage=coverage,
    )


def _sampling(model: SystemModel) -> str:
    if not model.weighted:
        return "not stated by the telemetry: counts are of the spans read, and what was not seen may still happen"
    share = model.weighted / max(model.spans, 1)
    stands_for = f"{model.adjusted / 1e6:.0f}"
    return f"stated on {share:.0%} of the spans, which stand for about {stands_for}; counts are of the spans read"
