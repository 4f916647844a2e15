"""Who holds what, when: the categories that an operation has in hand before it calls, and when it answers.

Happens-before inside one service's handling of one request (docs/decisions/0005). A value is in hand because a
statement read it, because it came with the request, or because something that was called may have answered with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lineage.access import Touch
from lineage.model import Exchange, Operation, Succession


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """A category in hand; `field` is where it came from or is going to, when known."""

    category: str
    field: str | None = None


FieldCategories = Mapping[str, Sequence[str]]
KeyCategories = Mapping[str, Sequence[str]]  # exchange id -> categories of the keys seen in it


@dataclass(frozen=True, slots=True)
class Held:
    """What operations hold. All maps are by operation.

    `reads`: item -> ids of statements that read it. `asked`: items that came with the request, seen as keys.
    `needed`: items that the operation used as parameters, so that they probably came with the request.
    """

    reads: Mapping[Operation, Mapping[Item, frozenset[str]]]
    asked: Mapping[Operation, frozenset[Item]]
    needed: Mapping[Operation, frozenset[Item]]


class Order:
    """How often a step had ended before another began, within one handling of an operation."""

    def __init__(self, successions: Iterable[Succession]) -> None:
        self._counts = {(s.operation, s.before, s.after): s.count for s in successions}

    def before(self, operation: Operation, step: str, later: str) -> bool:
        """True when `step` was seen to end before `later` began, at least once."""
        return self._counts.get((operation, step, later), 0) > 0


def direct_holdings(
    touches: Sequence[Touch], exchanges: Sequence[Exchange], fields: FieldCategories, keys: KeyCategories
) -> Held:
    """What each operation holds by its own statements and by the keys of the requests it answered."""
    reads: dict[Operation, dict[Item, set[str]]] = defaultdict(lambda: defaultdict(set))
    asked: dict[Operation, set[Item]] = defaultdict(set)
    needed: dict[Operation, set[Item]] = defaultdict(set)
    for touch in touches:
        for category in fields.get(touch.field, ()):
            item = Item(category, touch.field)
            if touch.returned:
                reads[touch.use.operation][item].add(touch.use.id)
            elif touch.bound:
                needed[touch.use.operation].add(item)
    for exchange in exchanges:
        receiver = received_by(exchange)
        if receiver is not None:
            asked[receiver].update(Item(category) for category in keys.get(exchange.id, ()))
    return Held(
        {op: {item: frozenset(ids) for item, ids in items.items()} for op, items in reads.items()},
        {op: frozenset(items) for op, items in asked.items()},
        {op: frozenset(items) for op, items in needed.items()},
    )


def received_by(exchange: Exchange) -> Operation | None:
    """The operation that gets the exchange's request or message, when it sends spans."""
    if exchange.mode == "consume":
        return exchange.caller
    if exchange.callee.kind == "service":
        return Operation(exchange.callee.name, exchange.operation)
    return None


def answers(held: Held, exchanges: Sequence[Exchange]) -> dict[Operation, frozenset[Item]]:
    """What each operation may answer with: what it read, and what those it called may have answered (to a fixpoint)."""
    result: dict[Operation, set[Item]] = defaultdict(set)
    for operation, items in held.reads.items():
        result[operation] |= set(items)
    calls = [(e.caller, received_by(e)) for e in exchanges if e.mode == "call" and e.caller is not None]
    changed = True
    while changed:
        changed = False
        for caller, callee in calls:
            if caller is None or callee is None or caller == callee:
                continue
            new = result[callee] - result[caller]
            if new:
                result[caller] |= new
                changed = True
    return {operation: frozenset(items) for operation, items in result.items()}


def requirements(
    held: Held, exchanges: Sequence[Exchange], before: Mapping[str, frozenset[Item]]
) -> dict[Operation, frozenset[Item]]:
    """What must have come with each operation's request: its own parameters, and those of whom it called.

    What a callee needs came with the caller's own request unless the caller had that category in hand before the call:
    `before` is what `holdings_before` says, by exchange id.
    """
    result: dict[Operation, set[Item]] = defaultdict(set)
    for operation, items in held.needed.items():
        result[operation] |= items
    calls = [e for e in exchanges if e.mode == "call" and e.caller is not None]
    had = {e.id: {item.category for item in before[e.id]} for e in calls}
    changed = True
    while changed:
        changed = False
        for exchange in calls:
            callee = received_by(exchange)
            if callee is None or exchange.caller is None or callee == exchange.caller:
                continue
            new = {i for i in result[callee] if i.category not in had[exchange.id]} - result[exchange.caller]
            if new:
                result[exchange.caller] |= new
                changed = True
    return {operation: frozenset(items) for operation, items in result.items()}


def holdings_before(
    held: Held, answered: Mapping[Operation, frozenset[Item]], exchanges: Sequence[Exchange], order: Order
) -> dict[str, frozenset[Item]]:
    """By exchange id: what the caller had read, or may have been answered, before it began that exchange."""
    made: dict[Operation, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        if exchange.caller is not None:
            made[exchange.caller].append(exchange)
    result = {}
    for caller, its_exchanges in made.items():
        for exchange in its_exchanges:
            items = {
                item
                for item, statements in held.reads.get(caller, {}).items()
                if any(order.before(caller, statement, exchange.id) for statement in statements)
            }
            for other in its_exchanges:
                callee = received_by(other)
                if other.mode != "call" or callee is None or other.id == exchange.id:
                    continue
                if order.before(caller, other.id, exchange.id):
                    items |= answered.get(callee, frozenset())
            result[exchange.id] = frozenset(items)
    return result
