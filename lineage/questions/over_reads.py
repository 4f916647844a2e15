"""Who reads more than it passes on: fields that an operation reads and that no flow takes further."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lineage.audit import Access, Audit, Flow
from lineage.index import Index, index_of
from lineage.model import Party
from lineage.wanted import categories_of, find_service


@dataclass(frozen=True, slots=True)
class OverRead:
    """A field that comes back to an operation and goes nowhere.

    `answers_unseen`: the operation is called by someone who sends no spans, so its answer may hold the field unseen.
    """

    service: str
    operation: str
    field: str
    categories: tuple[str, ...]
    calls: int
    answers_unseen: bool


@dataclass(frozen=True, slots=True)
class OverReads:
    """What can be told for sure first, then the operations whose answers nobody sees; the most calls first."""

    over_reads: tuple[OverRead, ...]


def over_reads(audit: Audit, service: str | None = None) -> OverReads:
    """The answer for all services, or for one. Raises UnknownName."""
    only = find_service(audit, service) if service is not None else None
    labels = categories_of(audit)
    index = index_of(audit)
    accesses = audit.accesses if only is None else index.accesses_by_service.get(only, ())
    onward = cache(lambda name: _Onward(index.flows_by_source.get(Party("service", name), ())))
    entered = {(call.callee, call.operation) for call in audit.calls if call.caller is None}
    found = [
        OverRead(
            access.service,
            access.operation,
            access.field,
            labels[access.field],
            access.calls,
            (access.service, access.operation) in entered,
        )
        for access in accesses
        if "projected" in access.roles
        and _comes_back(index, access)
        and not _goes_on(onward(access.service), access.operation, access.field, labels[access.field])
    ]
    return OverReads(tuple(sorted(found, key=lambda o: (o.answers_unseen, -o.calls, o.service, o.operation, o.field))))


def _comes_back(index: Index, access: Access) -> bool:
    """Whether a flow says that the field's value reaches the service out of its store."""
    me = Party("service", access.service)
    return any(flow.direction == "read" and flow.sink == me for flow in index.flows_by_field.get(access.field, ()))


class _Onward:
    """What flows take out of one service: by field, and by category where the field is unknown or is another copy."""

    def __init__(self, flows: Sequence[Flow]) -> None:
        self.of_field: dict[str, list[Flow]] = defaultdict(list)
        self.of_category: dict[str, list[Flow]] = defaultdict(list)
        for flow in flows:
            if flow.field is not None:
                self.of_field[flow.field].append(flow)
            if flow.field is None or flow.direction == "write":
                self.of_category[flow.category].append(flow)


def _goes_on(onward: _Onward, operation: str, field: str, categories: tuple[str, ...]) -> bool:
    """Whether a flow may take the field further: an answer counts for the operation that gives it, all else for all."""
    own_store = Party("store", field.rpartition(".")[0].rpartition("/")[0])
    may = [flow for flow in onward.of_field.get(field, ()) if flow.sink != own_store]
    may += [flow for category in categories for flow in onward.of_category.get(category, ()) if flow.field != field]
    return any(flow.direction != "response" or operation in (flow.via, *flow.via.split(", ")) for flow in may)
