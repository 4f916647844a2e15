"""What each exchange and each access carries: flows with their evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lineage.access import Touch
from lineage.diff import flow_id
from lineage.held import (
    FieldCategories,
    Item,
    Order,
    answers,
    direct_holdings,
    holdings_before,
    received_by,
    requirements,
)
from lineage.model import EVIDENCE, Direction, EvidenceLevel, Exchange, Flow, Key, Party, Seen, SystemModel
from lineage.times import rfc3339

KeyLabels = Mapping[tuple[str, Key], Sequence[str]]  # (exchange id, key) -> categories
MOST_WHY = 6  # sentences kept for one flow


@dataclass(frozen=True, slots=True)
class Claim:
    """One reason to say that a category goes from a source to a sink."""

    item: Item
    source: Party
    sink: Party
    direction: Direction
    evidence: EvidenceLevel
    via: str
    why: str
    seen: Seen


def find_flows(model: SystemModel, touches: Sequence[Touch], fields: FieldCategories, keys: KeyLabels) -> list[Flow]:
    """All flows, sorted by id. `fields` maps field ids, `keys` the keys seen in exchanges, to data categories."""
    by_exchange = {  # what came with the request
        e.id: sorted({c for key in e.keys if not key.in_answer for c in keys.get((e.id, key), ())})
        for e in model.exchanges
    }
    held = direct_holdings(touches, model.exchanges, fields, by_exchange)
    order = Order(model.successions)
    answered = answers(held, model.exchanges)
    before = holdings_before(held, answered, model.exchanges, order)
    required = requirements(held, model.exchanges, before)
    claims = [*_access_claims(touches, fields)]
    for exchange in model.exchanges:
        if exchange.caller is None:
            continue
        claims += _key_claims(exchange, keys)
        receiver = received_by(exchange)
        sender, sink, direction = _ends(exchange)
        if receiver is not None:
            why = (
                f"{receiver.service} uses it in '{receiver.name}' as a parameter, so it probably came with the request"
            )
            needed = required.get(receiver, frozenset())
            claims += [_possible(item, sender, sink, direction, exchange, why) for item in needed]
        if exchange.mode == "consume":
            continue
        in_hand = before[exchange.id] | held.asked.get(exchange.caller, frozenset())
        in_hand |= required.get(exchange.caller, frozenset())
        why = f"{exchange.caller.service} had it in hand in '{exchange.caller.name}' before this exchange"
        claims += [_possible(item, sender, sink, direction, exchange, why) for item in in_hand]
        if exchange.mode == "call" and receiver is not None:
            why = f"{receiver.service} had it in hand in '{receiver.name}' when it answered"
            items = answered.get(receiver, frozenset())
            claims += [_possible(item, sink, sender, "response", exchange, why) for item in items]
    return _merge(claims)


def _ends(exchange: Exchange) -> tuple[Party, Party, Direction]:
    assert exchange.caller is not None
    caller = Party("service", exchange.caller.service)
    if exchange.mode == "consume":
        return exchange.callee, caller, "consume"
    return caller, exchange.callee, "publish" if exchange.mode == "publish" else "request"


def _possible(item: Item, source: Party, sink: Party, direction: Direction, exchange: Exchange, why: str) -> Claim:
    return Claim(item, source, sink, direction, "possible", exchange.operation, why, exchange.seen)


def _access_claims(touches: Iterable[Touch], fields: FieldCategories) -> Iterable[Claim]:
    for touch in touches:
        service, store = Party("service", touch.use.operation.service), Party("store", touch.use.store)
        for category in fields.get(touch.field, ()):
            item = Item(category, touch.field)
            why = f"'{touch.use.operation.name}' has it {touch.role} in statement {touch.use.id}"
            if not touch.certain:
                why += " (the table is inferred)"
            if touch.returned:
                yield Claim(item, store, service, "read", "observed", touch.use.id, why, touch.use.seen)
            elif touch.role == "written":
                yield Claim(item, service, store, "write", "observed", touch.use.id, why, touch.use.seen)


def _key_claims(exchange: Exchange, keys: KeyLabels) -> Iterable[Claim]:
    sender, sink, direction = _ends(exchange)
    for key in exchange.keys:
        for category in keys.get((exchange.id, key), ()):
            why = f"the {key.place} key '{key.name}' was seen in this exchange"
            if key.in_answer:
                yield Claim(
                    Item(category), sink, sender, "response", "observed", exchange.operation, why, exchange.seen
                )
            else:
                yield Claim(Item(category), sender, sink, direction, "observed", exchange.operation, why, exchange.seen)


def _merge(claims: Iterable[Claim]) -> list[Flow]:
    """One flow per category, field, source, sink and direction: the strongest evidence stands, all reasons are kept."""
    groups: dict[tuple[Item, Party, Party, Direction], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.source != claim.sink:
            groups[claim.item, claim.source, claim.sink, claim.direction].append(claim)
    flows = []
    for (item, source, sink, direction), group in groups.items():
        evidence = min((claim.evidence for claim in group), key=EVIDENCE.index)
        best = [claim for claim in group if claim.evidence == evidence]
        seen = {(c.seen, c.via): c.seen for c in best}.values()  # several reasons for one exchange count it once
        traces = sorted({trace for s in seen for trace in s.traces})[:3]
        flows.append(
            Flow(
                flow_id(item.category, item.field, source, sink, direction),
                item.category,
                item.field,
                source,
                sink,
                direction,
                ", ".join(sorted({claim.via for claim in best})),
                evidence,
                sum(s.calls for s in seen),
                rfc3339(min((s.first for s in seen if s.first), default=0)),
                rfc3339(max((s.last for s in seen), default=0)),
                tuple(traces),
                tuple(sorted({claim.why for claim in best}))[:MOST_WHY],
            )
        )
    return sorted(flows, key=lambda flow: flow.id)
