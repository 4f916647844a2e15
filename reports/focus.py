"""The part of an audit around one party: who is at most so many calls or flows away from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from classifiers.taxonomy import is_within
from lineage.audit import Audit
from reports.edges import parties


def focus(audit: Audit, name: str, depth: int) -> Audit:
    """The audit with the parties within `depth` exchanges of `name`, in either direction, and what is between them.

    Raises KeyError when no party has the name.
    """
    if name not in {party.name for party in parties(audit)}:
        raise KeyError(name)
    near: dict[str, set[str]] = defaultdict(set)
    pairs = [(flow.source.name, flow.sink.name) for flow in audit.flows]
    pairs += [(call.caller, call.callee) for call in audit.calls if call.caller is not None]
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    kept = edge = {name}
    for _ in range(depth):
        edge = {far for one in edge for far in near[one]} - kept
        kept = kept | edge
    return replace(
        audit,
        flows=tuple(f for f in audit.flows if f.source.name in kept and f.sink.name in kept),
        calls=tuple(c for c in audit.calls if (c.caller is None or c.caller in kept) and c.callee in kept),
        loads=tuple(load for load in audit.loads if load.caller.service in kept and load.callee.name in kept),
        services=tuple(one for one in audit.services if one.name in kept),
        stores=tuple(one for one in audit.stores if one.name in kept),
        outsiders=tuple(one for one in audit.outsiders if one.name in kept),
        channels=tuple(one for one in audit.channels if one.name in kept),
    )


def carrying(audit: Audit, category: str) -> Audit:
    """The audit with only the flows of a category and of those below it."""
    return replace(audit, flows=tuple(flow for flow in audit.flows if is_within(flow.category, category)), calls=())
