"""What each exchange and each access carries: flows with their evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lineage.access import Touch
from lineage.audit import Flow, Place
from lineage.contracts import DECLARED, POSSIBLE, Item, Passed, passed, word
from lineage.diff import flow_id
from lineage.direct import FieldCategories, Order, direct_holdings
from lineage.held import BODILESS, Holdings, answered, holdings
from lineage.hops import Contracts, Receiver, hop_of, hops, received_by, receiver_of, request_of, response_of, sender_of
from lineage.likelihood import NEEDED, OWN, PASSED, SESSION, likelihood
from lineage.logins import logins, sessions
from lineage.model import EVIDENCE, Direction, EvidenceLevel, Operation, Party, Seen
from lineage.sampling import together, worth_of
from lineage.system import Exchange, Key, SystemModel
from lineage.times import rfc3339
from lineage.tokens import Token, carried_by_tokens

KeyLabels = Mapping[tuple[str, Key], Sequence[str]]  # (exchange id, key) -> categories
MOST_WHY = 6  # sentences kept for one flow
MOST_PLACES = 3  # fields of payload schemas kept for one flow


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
    likelihood: float = 1.0
    place: Place | None = None


def find_flows(
    model: SystemModel,
    touches: Sequence[Touch],
    fields: FieldCategories,
    keys: KeyLabels,
    contracts: Contracts | None = None,
    tokens: Sequence[Token] = (),
) -> list[Flow]:
    """All flows, sorted by id.

    `fields` maps field ids, `keys` the keys seen in exchanges, to data categories; `contracts` maps ids of exchanges to
    their payload schemas; `tokens` are those that the configuration describes.
    """
    contracts = contracts or {}
    carried = carried_by_tokens(tokens, model.exchanges, fields)
    held = _what_is_held(model, touches, fields, keys, contracts, carried)
    in_session = sessions(logins(touches, fields, model.exchanges, keys, contracts), model.exchanges)
    claims = [*_access_claims(touches, fields)]
    for exchange in model.exchanges:
        if exchange.caller is not None:
            claims += _key_claims(exchange, keys)
            claims += _request_claims(exchange, held, contracts)
            claims += _response_claims(exchange, held, contracts)
            claims += _token_claims(exchange, carried.get(exchange.id, {}))
            claims += _session_claims(exchange, in_session.get(exchange.caller, frozenset()), contracts)
    return _merge(claims)


def _what_is_held(
    model: SystemModel,
    touches: Sequence[Touch],
    fields: FieldCategories,
    keys: KeyLabels,
    contracts: Contracts,
    carried: Mapping[str, Mapping[Item, Token]],
) -> Holdings:
    asked, told = (
        {
            e.id: sorted({c for key in e.keys if key.in_answer is answer for c in keys.get((e.id, key), ())})
            for e in model.exchanges
        }
        for answer in (False, True)
    )
    direct = direct_holdings(touches, model.exchanges, fields, asked, told)
    ways = hops(model.exchanges, contracts, model.channel_links, model.operations)
    return holdings(direct, model.exchanges, ways, Order(model.successions), contracts, carried)


def _token_claims(exchange: Exchange, carried: Mapping[Item, Token]) -> Iterator[Claim]:
    sender, sink, direction = _ends(exchange)
    for item, token in carried.items():
        why = f"the token '{token.name}' goes along and carries it ({token.place})"
        yield _claim(item, sender, sink, direction, exchange, Passed(DECLARED), why, PASSED)


def _request_claims(exchange: Exchange, held: Holdings, contracts: Contracts) -> Iterator[Claim]:
    """What the sender had in hand, and what the receiver needs."""
    carries = request_of(exchange, contracts)
    sender, sink, direction = _ends(exchange)
    holder = sender_of(exchange) or sender
    teller = _teller(holder)
    sent = held.sent(hop_of(exchange, contracts))
    for item, how in sent.items():
        why = f"{teller} had it in hand before this exchange"
        if how.leaf is not None and item.field is None and how.level == DECLARED:
            why = f"{teller} may have had it from its own client"
        start = OWN if item in held.own.get(holder, ()) else PASSED
        yield _claim(item, sender, sink, direction, exchange, how, why, start, len(sent))
    receiver = receiver_of(exchange)
    if receiver is None:
        return
    needed = dict.fromkeys(held.required.get(receiver, ()), DECLARED)
    why = f"{_teller(receiver)} uses it as a parameter, so it probably came with the request"
    for item, how in passed(needed, carries).items():
        yield _claim(item, sender, sink, direction, exchange, how, why, NEEDED, len(needed))


def _response_claims(exchange: Exchange, held: Holdings, contracts: Contracts) -> Iterator[Claim]:
    """What the callee had in hand when it answered; with a schema also what it was asked with and may have echoed."""
    if exchange.mode != "call":
        return
    carries, receiver = response_of(exchange, contracts), received_by(exchange)
    caller, callee, _ = _ends(exchange)
    teller = _teller(receiver or callee)
    found = answered(exchange, held.answers, contracts)
    for item, how in found.items():
        why = f"{teller} had it in hand when it answered"
        start = OWN if receiver is not None and item in held.own.get(receiver, ()) else PASSED
        yield _claim(item, callee, caller, "response", exchange, how, why, start, len(found))
    if carries is None or receiver is None:
        return
    for item, how in passed(held.inbox.get(receiver, {}), carries).items():
        if how.leaf is not None and how.level <= DECLARED:
            why = f"{teller} was asked with it"
            yield _claim(item, callee, caller, "response", exchange, how, why, PASSED)
    if held.answers.get(receiver) or receiver in held.telling:
        return
    for leaf in carries.leaves:
        why = f"nothing shows where {teller} has its answers from"
        yield _claim(Item(leaf.category), callee, caller, "response", exchange, Passed(DECLARED, leaf), why, OWN)


def _session_claims(exchange: Exchange, session: frozenset[Item], contracts: Contracts) -> Iterator[Claim]:
    """A session's identity may go to an outsider that data is sent to. Inside the house a token tells nobody new."""
    if exchange.callee.kind != "outsider" or exchange.operation.partition(" ")[0] in BODILESS:
        return
    sender, sink, direction = _ends(exchange)
    hand = dict.fromkeys(session, POSSIBLE)
    for item, how in passed(hand, request_of(exchange, contracts)).items():
        why = f"{sender.name} may have it from the session of whoever logged in"
        yield _claim(item, sender, sink, direction, exchange, how, why, SESSION, len(session))


def _ends(exchange: Exchange) -> tuple[Party, Party, Direction]:
    assert exchange.caller is not None
    caller = Party("service", exchange.caller.service)
    if exchange.mode == "consume":
        return exchange.callee, caller, "consume"
    return caller, exchange.callee, "publish" if exchange.mode == "publish" else "request"


def _teller(who: Receiver) -> str:
    """How a sentence names an operation or a party."""
    if isinstance(who, Operation):
        return f"{who.service} in '{who.name}'"
    return f"the channel {who.name}" if who.kind == "channel" else who.name


def _claim(
    item: Item,
    source: Party,
    sink: Party,
    direction: Direction,
    exchange: Exchange,
    how: Passed,
    why: str,
    start: float,
    in_hand: int = 1,
) -> Claim:
    """`start` is where the likelihood starts for this reason, `in_hand` among how many items it was."""
    if how.leaf is not None:
        why += f", and the schema can carry it as {how.leaf.place}"
    likely = 1.0
    if how.level == POSSIBLE:
        likely = likelihood(start, item, (exchange.operation, exchange.callee.name), in_hand)
    place = how.leaf and how.leaf.source and Place(how.leaf.source, how.leaf.line)
    evidence = word(how.level)
    return Claim(item, source, sink, direction, evidence, exchange.operation, why, exchange.seen, likely, place or None)


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
            if key.is_value:
                why = "a value of this kind was seen in this exchange"
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
        worth = together((s.calls, worth_of(s)) for s in seen)
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
                max(claim.likelihood for claim in best),
                tuple(sorted({claim.place for claim in best if claim.place}))[:MOST_PLACES],
                None if worth.kind == "unknown" else worth.adjusted,
            )
        )
    return sorted(flows, key=lambda flow: flow.id)
