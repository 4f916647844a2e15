"""Who holds what, when: the categories that an operation has in hand before it calls, and when it answers.

Happens-before inside one service's handling of one request (docs/decisions/0005). A value is in hand because a
statement read it, because it came with the request or message, or because something that was called may have answered
with it. What a payload schema cannot carry does not get through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lineage.contracts import (
    DECLARED,
    OBSERVED,
    POSSIBLE,
    Hand,
    Item,
    Level,
    Passed,
    declared,
    is_identity,
    merge,
    passed,
    related,
)
from lineage.direct import Direct, Order
from lineage.hops import Contracts, Hop, Receiver, received_by, response_of
from lineage.model import Operation
from lineage.system import Exchange

BODILESS = ("GET", "HEAD", "OPTIONS")  # HTTP methods whose requests have no body


@dataclass(slots=True)
class Holdings:
    """Who holds what. `inbox` is what came with requests and messages; `answers` what may be answered with;
    `before` (by exchange id) what the caller had read or been answered when it began the exchange; `required` what must
    have come with the request; `open` are the receivers that unseen clients may have given anything, `recalled` those
    that they may have given what a session holds; `own` what each operation read itself; `telling` the operations whose
    statements tell what they were asked with."""

    inbox: dict[Receiver, dict[Item, Level]] = field(default_factory=dict)
    answers: dict[Receiver, dict[Item, Level]] = field(default_factory=dict)
    before: dict[str, dict[Item, Level]] = field(default_factory=dict)
    required: dict[Receiver, frozenset[Item]] = field(default_factory=dict)
    open: frozenset[Receiver] = frozenset()
    recalled: frozenset[Receiver] = frozenset()
    own: dict[Receiver, frozenset[Item]] = field(default_factory=dict)
    telling: frozenset[Operation] = frozenset()

    def sent(self, hop: Hop) -> dict[Item, Passed]:
        """What the sender of a request or message had in hand and the hop can carry.

        What an operation with statements was perhaps given, and neither wrote nor looked up, it hardly passes on;
        one without any may be there to pass things on.
        """
        if hop.sender is None:
            return {}
        hand = dict(self.inbox.get(hop.sender, {}))
        if hop.sender in self.telling:
            needed = self.required.get(hop.sender, frozenset())
            hand = {item: level for item, level in hand.items() if level < POSSIBLE or item in needed}
        merge(hand, self.before.get(hop.exchange or "", {}).items())
        result = passed(hand, hop.carries)
        known = [item.category for item, how in result.items() if how.leaf is not None]
        for item, how in self._given(hop).items():
            if not any(related(item.category, category) for category in known):
                result[item] = how
        return result

    def _given(self, hop: Hop) -> dict[Item, Passed]:
        """What the sender may have from a client that cannot be seen, as far as the schema of the hop declares it."""
        if hop.carries is None or hop.sender not in self.open | self.recalled:
            return {}
        found = declared(hop.carries)
        if hop.sender in self.open:
            return found
        return {item: how for item, how in found.items() if is_identity(item)}


def holdings(
    direct: Direct,
    exchanges: Sequence[Exchange],
    hops: Sequence[Hop],
    order: Order,
    contracts: Contracts,
    tokens: Mapping[str, Iterable[Item]],
) -> Holdings:
    """Everything that follows from what operations hold themselves, over all exchanges, to a fixpoint.

    `hops` are those of the exchanges and others; `tokens` are by exchange id the items that travel in its tokens.
    """
    result = Holdings(
        answers=_answers(direct, exchanges, contracts),
        own={operation: frozenset(items) for operation, items in direct.reads.items()},
        telling=direct.telling,
    )
    result.before = _before(direct, result.answers, exchanges, order, contracts)
    # What a schema rules out in one place makes nothing required in another.
    at_most = _before(direct, _answers(direct, exchanges, {}), exchanges, order, {})
    result.required = _required(direct, hops, at_most)
    result.open, result.recalled = _open(hops)
    _deliver(direct, hops, tokens, result)
    return result


def answered(exchange: Exchange, answers: Mapping[Receiver, Hand], contracts: Contracts) -> dict[Item, Passed]:
    """What the caller may have been answered with, besides what keys showed.

    Nothing shows what an outsider holds: what its schema lets it answer is no flow (see `outsiders_answers`).
    """
    if exchange.mode != "call":
        return {}
    carries = response_of(exchange, contracts)
    receiver = received_by(exchange)
    return passed(answers.get(receiver, {}), carries) if receiver is not None else {}


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


def _required(direct: Direct, hops: Sequence[Hop], before: Mapping[str, Hand]) -> dict[Receiver, frozenset[Item]]:
    """What must have come with each operation's request: its own parameters, and those of whom it called.

    What a callee needs came with the caller's own request unless the caller had that category in hand before the call.
    A schema that cannot carry it says that it did not come this way.
    """
    result: dict[Receiver, set[Item]] = defaultdict(set)
    for operation, items in direct.needed.items():
        result[operation] |= items
    had = {id_: {item.category for item in hand} for id_, hand in before.items()}
    changed = True
    while changed:
        changed = False
        for hop in hops:
            if hop.receiver is None or hop.sender is None or hop.receiver == hop.sender:
                continue
            at_hand = had.get(hop.exchange or "", ())
            new = {i for i in result[hop.receiver] - result[hop.sender] if i.category not in at_hand}
            if new and hop.carries is not None:
                new &= set(passed(dict.fromkeys(new, POSSIBLE), hop.carries))
            if new:
                result[hop.sender] |= new
                changed = True
    return {receiver: frozenset(items) for receiver, items in result.items()}


def _open(hops: Sequence[Hop]) -> tuple[frozenset[Receiver], frozenset[Receiver]]:
    """Receivers whose requests come from clients that send no spans, at first hand or handed on, with no schema.

    The first may have been given anything. The second were asked without a body, so that the URL shows all that was
    given but for cookies: a session.
    """
    given = {hop.receiver for hop in hops if hop.sender is not None}
    vague = [hop for hop in hops if hop.receiver is not None and (hop.carries is None or hop.carries.open)]
    entered: set[Receiver | None] = {hop.receiver for hop in vague if hop.sender is None}
    bare: set[Receiver | None] = {
        r for r in entered if isinstance(r, Operation) and r.name.partition(" ")[0] in BODILESS
    }
    unfed = {hop.sender for hop in hops if not isinstance(hop.sender, Operation) and hop.sender not in given}
    opened = _handed_on((entered - bare) | unfed, vague)
    recalled = _handed_on(bare, vague) - opened
    return frozenset(r for r in opened if r is not None), frozenset(r for r in recalled if r is not None)


def _handed_on(first: set[Receiver | None], vague: Sequence[Hop]) -> set[Receiver | None]:
    """The receivers, and those that they reach by hops without a schema."""
    found = set(first)
    while new := {hop.receiver for hop in vague if hop.sender in found and hop.sender is not None} - found:
        found |= new
    return found


def _deliver(direct: Direct, hops: Sequence[Hop], tokens: Mapping[str, Iterable[Item]], result: Holdings) -> None:
    """Fill the inboxes: keys seen, what must have come, what tokens carry, and what each sender may have sent."""
    inbox: dict[Receiver, dict[Item, Level]] = defaultdict(dict)
    for holder, items in result.required.items():
        merge(inbox[holder], ((item, POSSIBLE) for item in items))
    for operation, items in direct.asked.items():
        merge(inbox[operation], ((item, OBSERVED) for item in items))
    for hop in hops:
        if hop.receiver is not None:
            if hop.sender is None and hop.carries is not None:
                merge(inbox[hop.receiver], ((item, DECLARED) for item in declared(hop.carries)))
            merge(inbox[hop.receiver], ((item, DECLARED) for item in tokens.get(hop.exchange or "", ())))
    result.inbox = inbox
    changed = True
    while changed:
        changed = False
        for hop in hops:
            if hop.receiver is not None and hop.receiver != hop.sender:
                sent = result.sent(hop)
                changed |= merge(inbox[hop.receiver], ((item, how.level) for item, how in sent.items()))
