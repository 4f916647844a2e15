"""What operations hold by their own doing: by their statements, and by the keys that telemetry shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lineage.access import Touch
from lineage.contracts import Item
from lineage.hops import received_by
from lineage.model import Operation
from lineage.system import Exchange, Succession

FieldCategories = Mapping[str, Sequence[str]]
KeyCategories = Mapping[str, Sequence[str]]  # exchange id -> categories of the keys seen in it


@dataclass(frozen=True, slots=True)
class Direct:
    """All maps are by operation, but `told`.

    `reads`: item -> ids of statements that read it. `asked`: items that came with the request, seen as keys.
    `needed`: items that the operation used as parameters, so that they probably came with the request. `telling`: the
    operations that have statements at all. `told`: exchange id -> items that its answer showed as keys.
    """

    reads: Mapping[Operation, Mapping[Item, frozenset[str]]]
    asked: Mapping[Operation, frozenset[Item]]
    needed: Mapping[Operation, frozenset[Item]]
    telling: frozenset[Operation]
    told: Mapping[str, frozenset[Item]]


class Order:
    """How often a step had ended before another began, within one handling of an operation."""

    def __init__(self, successions: Iterable[Succession]) -> None:
        self._counts = {(s.operation, s.before, s.after): s.count for s in successions}

    def before(self, operation: Operation, step: str, later: str) -> bool:
        """True when `step` was seen to end before `later` began, at least once."""
        return self._counts.get((operation, step, later), 0) > 0


def direct_holdings(
    touches: Sequence[Touch],
    exchanges: Sequence[Exchange],
    fields: FieldCategories,
    asked_keys: KeyCategories,
    told_keys: KeyCategories,
) -> Direct:
    """What each operation holds by its own statements, and by the keys of requests and answers."""
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
            asked[receiver].update(Item(category) for category in asked_keys.get(exchange.id, ()))
    return Direct(
        {op: {item: frozenset(ids) for item, ids in items.items()} for op, items in reads.items()},
        {op: frozenset(items) for op, items in asked.items()},
        {op: frozenset(items) for op, items in needed.items()},
        frozenset(touch.use.operation for touch in touches),
        {id_: frozenset(map(Item, categories)) for id_, categories in told_keys.items()},
    )
