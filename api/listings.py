"""The lists of the API: in which order each stands, and by what it can be filtered.

`category` always takes in the categories below it. `service` and `store` match either end of a flow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from api.listing import Listing
from lineage.audit import Access, Audit, AuditField, Exposure, Flow
from lineage.explorer import Amplified, ContextLoad, Edge, amplification, contexts, edges
from lineage.index import index_of
from lineage.model import Gap, Leak, Party, PartyKind


def _accesses(audit: Audit) -> Listing[Access]:
    known = index_of(audit).field

    def categories(access: Access) -> Iterable[str]:
        field = known.get(access.field)
        return _labels(field) if field else ()

    return Listing(
        audit.accesses,
        lambda access: (access.service, access.operation, access.field, access.roles, access.statements),
        {
            "category": categories,
            "service": lambda access: (access.service,),
            "operation": lambda access: (access.operation,),
            "store": lambda access: (known[access.field].store,) if access.field in known else (),
            "field": lambda access: (access.field,) if access.field in known else (),
            "role": lambda access: access.roles,
        },
    )


def _flows(audit: Audit) -> Listing[Flow]:
    return Listing(
        audit.flows,
        lambda flow: (flow.id,),
        {
            "category": lambda flow: _upwards(flow.category),
            "service": lambda flow: _named("service", flow.source, flow.sink),
            "store": lambda flow: _named("store", flow.source, flow.sink),
            "field": lambda flow: _known(flow.field),
            "source": lambda flow: (flow.source.name,),
            "sink": lambda flow: (flow.sink.name,),
            "direction": lambda flow: (flow.direction,),
            "evidence": lambda flow: (flow.evidence,),
        },
    )


def _exposures(audit: Audit) -> Listing[Exposure]:
    return Listing(
        audit.exposures,
        lambda exposure: (exposure.id,),
        {
            "category": lambda exposure: _upwards(exposure.category),
            "service": lambda exposure: _named("service", exposure.sink),
            "store": lambda exposure: _named("store", exposure.sink),
            "sink": lambda exposure: (exposure.sink.name,),
            "state": lambda exposure: (exposure.state,),
            "evidence": lambda exposure: (exposure.evidence,),
        },
    )


def _fields(audit: Audit) -> Listing[AuditField]:
    return Listing(
        audit.fields,
        lambda field: (field.id,),
        {
            "category": _labels,
            "store": lambda field: (field.store,),
            "table": lambda field: (field.table,),
            "field": lambda field: (field.id,),
        },
    )


def _calls(audit: Audit) -> Listing[Edge]:
    return Listing(
        edges(audit),
        lambda call: (call.caller or "", call.callee, call.operation, call.protocol, call.schema or ""),
        {
            "caller": lambda call: _known(call.caller),
            "callee": lambda call: (call.callee,),
            "protocol": lambda call: (call.protocol,),
            "service": lambda call: {call.callee, *_known(call.caller)},
        },
    )


def _contexts(audit: Audit) -> Listing[ContextLoad]:
    return Listing(
        contexts(audit),
        lambda context: (tuple(f"{step.service}\x1f{step.name}" for step in context.path),),
        {
            "root_service": lambda context: (context.path[0].service,),
            "root": lambda context: (context.path[0].name,),
            "service": lambda context: (context.path[-1].service,),
            "operation": lambda context: (context.path[-1].name,),
        },
    )


def _amplification(audit: Audit) -> Listing[Amplified]:
    """The heaviest first."""
    return Listing(
        amplification(audit),
        lambda one: (
            *(-one.most, -one.calls, one.root.service, one.root.name, one.caller.service, one.caller.name),
            *(one.callee.kind, one.callee.name, one.operation, one.protocol, one.mode),
        ),
        {
            "root_service": lambda one: (one.root.service,),
            "root": lambda one: (one.root.name,),
            "caller": lambda one: (one.caller.service,),
            "callee": lambda one: (one.callee.name,),
            "mode": lambda one: (one.mode,),
            "cause": lambda one: (one.cause.kind if one.cause else "none",),
        },
    )


def _gaps(audit: Audit) -> Listing[Gap]:
    return Listing(audit.gaps, lambda gap: (gap.kind, gap.where, gap.count), {"kind": lambda gap: (gap.kind,)})


def _leaks(audit: Audit) -> Listing[Leak]:
    return Listing(
        audit.leaks,
        lambda leak: (leak.service, leak.attribute, leak.category),
        {"category": lambda leak: _upwards(leak.category), "service": lambda leak: (leak.service,)},
    )


LISTINGS: Final[Mapping[str, Callable[[Audit], Listing[Any]]]] = {
    "services": lambda audit: Listing(audit.services, lambda one: (one.name,), {"service": lambda one: (one.name,)}),
    "stores": lambda audit: Listing(
        audit.stores,
        lambda one: (one.name,),
        {"store": lambda one: (one.name,), "system": lambda one: (one.system,)},
    ),
    "fields": _fields,
    "accesses": _accesses,
    "flows": _flows,
    "exposures": _exposures,
    "gaps": _gaps,
    "leaks": _leaks,
    "calls": _calls,
    "contexts": _contexts,
    "amplification": _amplification,
}


def _upwards(category: str) -> Iterable[str]:
    """`user.contact.email`, `user.contact`, `user`."""
    while True:
        yield category
        above, dot, _ = category.rpartition(".")
        if not dot:
            return
        category = above


def _labels(field: AuditField) -> Iterable[str]:
    return {above for label in field.labels for above in _upwards(label.category)}


def _named(kind: PartyKind, *parties: Party) -> Iterable[str]:
    return {party.name for party in parties if party.kind == kind}


def _known(name: str | None) -> Iterable[str]:
    return () if name is None else (name,)
