"""Over-fetch: columns that an operation reads although nothing that it sends can carry them on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from lineage.access import Touch
from lineage.audit import OverFetch
from lineage.contracts import OBSERVED, Carries, Item, passed
from lineage.direct import FieldCategories
from lineage.hops import Contracts, received_by, request_of, response_of
from lineage.model import Operation
from lineage.system import Exchange


def over_fetched(
    touches: Sequence[Touch], fields: FieldCategories, exchanges: Sequence[Exchange], contracts: Contracts
) -> tuple[OverFetch, ...]:
    """Sorted. Only operations whose every answer, call and message has a payload schema: of others nobody can say."""
    ways = _ways_out(exchanges, contracts)
    calls: dict[tuple[Operation, str], set[tuple[str, int]]] = defaultdict(set)
    for touch in touches:
        if touch.returned and fields.get(touch.field):
            calls[touch.use.operation, touch.field].add((touch.use.id, touch.use.seen.calls))
    result = []
    for (operation, field), statements in calls.items():
        out = ways.get(operation)
        if out is None:
            continue
        for category in fields[field]:
            hand = {Item(category, field): OBSERVED}
            if not any(passed(hand, carries) for carries in out):
                count = sum(n for _, n in statements)
                result.append(OverFetch(operation.service, operation.name, field, category, count))
    return tuple(sorted(result))


def _ways_out(exchanges: Sequence[Exchange], contracts: Contracts) -> Mapping[Operation, list[Carries]]:
    """By operation, what each of its answers, calls and messages can carry; without those that lack a schema."""
    found: dict[Operation, list[Carries]] = defaultdict(list)
    vague: set[Operation] = set()
    for exchange in exchanges:
        receiver = received_by(exchange)
        sides = []
        if exchange.mode == "call" and receiver is not None:
            sides.append((receiver, response_of(exchange, contracts)))
        if exchange.mode != "consume" and exchange.caller is not None:
            sides.append((exchange.caller, request_of(exchange, contracts)))
        for operation, carries in sides:
            if carries is None:
                vague.add(operation)
            else:
                found[operation].append(carries)
    return {operation: ways for operation, ways in found.items() if operation not in vague}
