"""Who holds what, when: the categories that an operation has in hand before it calls, and when it answers.

Happens-before inside one service's handling of one request (docs/decisions/0005). A value is in hand because a
statement read it, because it came with the request or message, or because something that was called may have answered
with it. What a payload schema cannot carry does not get through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lineage.access import Touch
from lineage.contracts import (
    DECLARED,
    OBSERVED,
    POSSIBLE,
    Carries,
    Contract,
    Hand,
    Item,
    Level,
    Passed,
    declared,
    merge,
    passed,
    related,
)
from lineage.model import Exchange, Operation, Party, Succession

FieldCategories = Mapping[str, Sequence[str]]
KeyCategories = Mapping[str, Sequence[str]]  # exchange id -> categories of the keys seen in it
Contracts = Mapping[str, Contract]  # exchange id -> its schema
Receiver = Operation | Party  # an operation of a service, or a channel


@dataclass(frozen=True, slots=True)
class Direct:
    """What operations hold by their own doing. All maps are by operation.

    `reads`: item -> ids of statements that read it. `asked`: items that came with the request, seen as keys.
    `needed`: items that the operation used as parameters, so that they probably came with the request. `telling`: the
    operations that have statements at all. `told`: exchange id -> items that its answer showed as keys.
    """

    reads: Mapping[Operation, Mapping[Item, frozenset[str]]]
    asked: Mapping[Operation, frozenset[Item]]
    needed: Mapping[Operation, frozenset[Item]]
    telling: frozenset[Operation]
    told: Mapping[str, frozenset[Item]]


@dataclass(slots=True)
class Holdings:
    """Who holds what. `inbox` is what came with requests and messages; `answers` what may be answered with;
    `before` (by exchange id) what the caller had read or been answered when it began the exchange; `required` what must
    have come with the request; `open` are the receivers that unseen clients may have given anything; `own` what
    each operation read itself; `telling` the operations whose statements tell what they were asked with."""

    inbox: dict[Receiver, dict[Item, Level]] = field(default_factory=dict)
    answers: dict[Receiver, dict[Item, Level]] = field(default_factory=dict)
    before: dict[str, dict[Item, Level]] = field(default_factory=dict)
    required: dict[Receiver, frozenset[Item]] = field(default_factory=dict)
    open: frozenset[Receiver] = frozenset()
    own: dict[Receiver, frozenset[Item]] = field(default_factory=dict)
    telling: frozenset[Operation] = frozenset()

    def sent(self, exchange: Exchange, carries: Carries | None) -> dict[Item, Passed]:
        """What the sender of a request or message had in hand and the exchange can carry.

        What an operation with statements was perhaps given, and neither wrote nor looked up, it hardly passes on;
        one without any may be there to pass things on.
        """
        sender = sender_of(exchange)
        if sender is None:
            return {}
        hand = dict(self.inbox.get(sender, {}))
        if carries is None and sender in self.telling:
            needed = self.required.get(sender, frozenset())
            hand = {item: level for item, level in hand.items() if level < POSSIBLE or item in needed}
        merge(hand, self.before.get(exchange.id, {}).items())
        result = passed(hand, carries)
        if carries is not None and sender in self.open:
            known = [item.category for item, how in result.items() if how.leaf is not None]
            for item, how in declared(carries).items():
                if not any(related(item.category, category) for category in known):
                    result[item] = how
        return result


class Order:
    """How often a step had ended before another began, within one handling of an operation."""

    def __init__(self, successions: Iterable[Succession]) -> None:
        self._counts = {(s.operation, s.before, s.after): s.count for s in successions}

    def before(self, operation: Operation, step: str, later: str) -> bool:
        """True when `step` was seen to end before `later` began, at least once."""
        return self._counts.get((operation, step, later), 0) > 0


def received_by(exchange: Exchange) -> Operation | None:
    """The operation that gets the exchange's request or message, when it sends spans."""
    if exchange.mode == "consume":
        return exchange.caller
    if exchange.callee.kind == "service":
        return Operation(exchange.callee.name, exchange.operation)
    return None


def sender_of(exchange: Exchange) -> Receiver | None:
    """Who sends the request or message: the calling operation, or the channel that is consumed from."""
    return exchange.callee if exchange.mode == "consume" else exchange.caller


def receiver_of(exchange: Exchange) -> Receiver | None:
    """Who gets it: an operation that sends spans, or a channel."""
    return exchange.callee if exchange.mode == "publish" else received_by(exchange)


def request_of(exchange: Exchange, contracts: Contracts) -> Carries | None:
    """What the request or message can carry; None when no schema says."""
    contract = contracts.get(exchange.id)
    return contract.request if contract is not None else None


def response_of(exchange: Exchange, contracts: Contracts) -> Carries | None:
    """What the answer can carry; None when no schema says."""
    contract = contracts.get(exchange.id)
    return contract.response if contract is not None else None


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


def holdings(
    direct: Direct,
    exchanges: Sequence[Exchange],
    order: Order,
    contracts: Contracts,
    tokens: Mapping[str, Iterable[Item]],
) -> Holdings:
    """Everything that follows from what operations hold themselves, over all exchanges, to a fixpoint.

    `tokens` are by exchange id the items that travel in its tokens.
    """
    own: dict[Receiver, frozenset[Item]] = {operation: frozenset(items) for operation, items in direct.reads.items()}
    result = Holdings(answers=_answers(direct, exchanges, contracts), own=own, telling=direct.telling)
    result.before = _before(direct, result.answers, exchanges, order, contracts)
    result.required = _required(direct, exchanges, result.before, contracts)
    result.open = _open(exchanges, contracts)
    _deliver(direct, exchanges, contracts, tokens, result)
    return result


def answered(exchange: Exchange, answers: Mapping[Receiver, Hand], contracts: Contracts) -> dict[Item, Passed]:
    """What the caller may have been answered with, besides what keys showed.

    An outsider's own sources cannot be seen: where a schema tells what it answers, that is possible.
    """
    if exchange.mode != "call":
        return {}
    carries = response_of(exchange, contracts)
    receiver = received_by(exchange)
    if receiver is None:
        told = declared(carries) if carries is not None else {}
        return {item: Passed(POSSIBLE, how.leaf) for item, how in told.items()}
    return passed(answers.get(receiver, {}), carries)


def _got(
    exchange: Exchange, answers: Mapping[Receiver, Hand], contracts: Contracts, direct: Direct
) -> list[tuple[Item, Level]]:
    """What the caller has in hand after the answer."""
    got = [(item, how.level) for item, how in answered(exchange, answers, contracts).items()]
    return got + [(item, OBSERVED) for item in direct.told.get(exchange.id, ())]


def _answers(direct: Direct, exchanges: Sequence[Exchange], contracts: Contracts) -> dict[Receiver, dict[Item, Level]]:
    """What each operation may answer with: what it read, and what those it called may have answered."""
    result: dict[Receiver, dict[Item, Level]] = defaultdict(dict)
    for operation, items in direct.reads.items():
        result[operation] |= dict.fromkeys(items, OBSERVED)
    calls = [(e, e.caller) for e in exchanges if e.mode == "call" and e.caller is not None]
    calls = [(e, caller) for e, caller in calls if received_by(e) != caller]
    changed = True
    while changed:
        changed = False
        for exchange, caller in calls:
            changed |= merge(result[caller], _got(exchange, result, contracts, direct))
    return dict(result)


def _before(
    direct: Direct,
    answers: Mapping[Receiver, Hand],
    exchanges: Sequence[Exchange],
    order: Order,
    contracts: Contracts,
) -> dict[str, dict[Item, Level]]:
    """By exchange id: what the caller had read, or may have been answered, before it began that exchange."""
    made: dict[Operation, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        if exchange.caller is not None:
            made[exchange.caller].append(exchange)
    result: dict[str, dict[Item, Level]] = {}
    for caller, its_exchanges in made.items():
        got = {e.id: _got(e, answers, contracts, direct) for e in its_exchanges}
        for exchange in its_exchanges:
            hand: dict[Item, Level] = {
                item: OBSERVED
                for item, statements in direct.reads.get(caller, {}).items()
                if any(order.before(caller, statement, exchange.id) for statement in statements)
            }
            for other in its_exchanges:
                if other.id != exchange.id and order.before(caller, other.id, exchange.id):
                    merge(hand, got[other.id])
            result[exchange.id] = hand
    return result


def _required(
    direct: Direct, exchanges: Sequence[Exchange], before: Mapping[str, Hand], contracts: Contracts
) -> dict[Receiver, frozenset[Item]]:
    """What must have come with each operation's request: its own parameters, and those of whom it called.

    What a callee needs came with the caller's own request unless the caller had that category in hand before the call.
    A schema that cannot carry it says that it did not come this way.
    """
    result: dict[Receiver, set[Item]] = defaultdict(set)
    for operation, items in direct.needed.items():
        result[operation] |= items
    had = {e.id: {item.category for item in before.get(e.id, {})} for e in exchanges}
    changed = True
    while changed:
        changed = False
        for exchange in exchanges:
            receiver, sender = receiver_of(exchange), sender_of(exchange)
            if receiver is None or sender is None or receiver == sender:
                continue
            new = {i for i in result[receiver] - result[sender] if i.category not in had[exchange.id]}
            carries = request_of(exchange, contracts)
            if new and carries is not None:
                new &= set(passed(dict.fromkeys(new, POSSIBLE), carries))
            if new:
                result[sender] |= new
                changed = True
    return {receiver: frozenset(items) for receiver, items in result.items()}


def _open(exchanges: Sequence[Exchange], contracts: Contracts) -> frozenset[Receiver]:
    """Receivers whose requests come from clients that send no spans, at first hand or handed on, with no schema."""
    given = {r for e in exchanges if e.mode == "consume" and (r := sender_of(e)) is not None}
    given -= {r for e in exchanges if e.mode == "publish" and (r := receiver_of(e)) is not None}
    vague = [e for e in exchanges if (carries := request_of(e, contracts)) is None or carries.open]
    found = given | {r for e in vague if e.caller is None and (r := receiver_of(e)) is not None}
    changed = True
    while changed:
        new = {r for e in vague if sender_of(e) in found and (r := receiver_of(e)) is not None} - found
        found |= new
        changed = bool(new)
    return frozenset(found)


def _deliver(
    direct: Direct,
    exchanges: Sequence[Exchange],
    contracts: Contracts,
    tokens: Mapping[str, Iterable[Item]],
    result: Holdings,
) -> None:
    """Fill the inboxes: keys seen, what must have come, what tokens carry, and what each sender may have sent."""
    inbox: dict[Receiver, dict[Item, Level]] = defaultdict(dict)
    for holder, items in result.required.items():
        merge(inbox[holder], ((item, POSSIBLE) for item in items))
    for operation, items in direct.asked.items():
        merge(inbox[operation], ((item, OBSERVED) for item in items))
    for exchange in exchanges:
        receiver, carries = receiver_of(exchange), request_of(exchange, contracts)
        if exchange.caller is None and receiver is not None and carries is not None:
            merge(inbox[receiver], ((item, DECLARED) for item in declared(carries)))
        if receiver is not None:
            merge(inbox[receiver], ((item, DECLARED) for item in tokens.get(exchange.id, ())))
    result.inbox = inbox
    changed = True
    while changed:
        changed = False
        for exchange in exchanges:
            receiver = receiver_of(exchange)
            if receiver is None or receiver == sender_of(exchange):
                continue
            sent = result.sent(exchange, request_of(exchange, contracts))
            changed |= merge(inbox[receiver], ((item, how.level) for item, how in sent.items()))
