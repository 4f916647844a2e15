"""Payload schemas and the exchanges they are matched to, put together: what each exchange can carry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.config import Config
from auditor.payload_labels import label_payloads, payload_categories, payload_gaps
from auditor.schemas.payloads import Payloads
from classifiers.model import Label
from classifiers.taxonomy import is_within
from lineage.audit import Message, MessageField
from lineage.contracts import NOTHING, Carries, Contract, Leaf
from lineage.endpoints import GRAPHQL, Matches, match_endpoints, root_fields
from lineage.model import Gap
from lineage.payload import Endpoint, Payload
from lineage.system import Exchange, Key

# (source, payload's name, path of the leaf) -> categories
PayloadCategories = Mapping[tuple[str, str, tuple[str, ...]], Sequence[str]]
KeyCategories = Mapping[tuple[str, Key], Sequence[str]]
CONTENT = "user.content"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the schemas say of the exchanges: contracts by exchange id, the payloads they carry, and what is amiss."""

    contracts: Mapping[str, Contract]
    messages: tuple[Message, ...]
    gaps: tuple[Gap, ...]


def agree(exchanges: Sequence[Exchange], payloads: Payloads, config: Config, keys: KeyCategories) -> Agreed:
    """Match payload schemas to exchanges and classify what they carry. Raises ConfigError as `label_payloads` does."""
    matches = match_endpoints(exchanges, payloads.endpoints, payloads.messages, config.bindings)
    labelled = label_payloads(matches.payloads, config)
    contracts = contracts_of(exchanges, matches, payload_categories(labelled, config), keys)
    messages = tuple(_message(payload, labelled) for payload in matches.payloads)
    gaps = (
        *schema_gaps(exchanges, matches),
        *payload_gaps(matches.payloads, config),
        *outsiders_answers(exchanges, contracts),
    )
    return Agreed(contracts, tuple(sorted(messages, key=lambda m: (m.source, m.name, m.line))), gaps)


def _message(payload: Payload, labelled: Mapping[tuple[str, str, tuple[str, ...]], tuple[Label, ...]]) -> Message:
    fields = (
        MessageField(
            ".".join(leaf.path), leaf.type, labelled.get((payload.source, payload.name, leaf.path), ()), leaf.line
        )
        for leaf in payload.fields
    )
    return Message(payload.name, payload.source, payload.line, tuple(fields))


def contracts_of(
    exchanges: Iterable[Exchange],
    matches: Matches,
    categories: PayloadCategories,
    keys: KeyCategories,
) -> dict[str, Contract]:
    """By exchange id, what its schema lets through in categories. `keys` are the categories of keys seen.

    Of GraphQL answers only what was selected: a document says it even where no schema is given.
    """
    result = {}
    for exchange in exchanges:
        endpoints = matches.by_exchange.get(exchange.id)
        if endpoints:
            result[exchange.id] = Contract(
                ", ".join(dict.fromkeys(e.name or e.message_type or "" for e in endpoints)),
                _with_texts(_union([_carries(e.request, categories) for e in endpoints])),
                _union([_carries(e.response, categories, _selected(exchange, e)) for e in endpoints]),
                endpoints[0].source,
                endpoints[0].line,
            )
        elif root_fields(exchange):
            asked = [key for key in exchange.keys if key.place == GRAPHQL]
            leaves = tuple(Leaf(c, key.name) for key in asked for c in keys.get((exchange.id, key), ()))
            result[exchange.id] = Contract("the GraphQL document", None, Carries(leaves))
    return result


def _selected(exchange: Exchange, endpoint: Endpoint) -> frozenset[str] | None:
    """The dotted paths below a root field that the documents select; None: no document was seen."""
    if endpoint.kind != GRAPHQL or not root_fields(exchange):
        return None
    root = endpoint.name.partition(" ")[2] + "."
    names = (key.name.replace("[]", "") for key in exchange.keys if key.place == GRAPHQL)
    return frozenset(name.removeprefix(root) for name in names if name.startswith(root))


def _carries(payload: Payload | None, categories: PayloadCategories, selected: frozenset[str] | None = None) -> Carries:
    if payload is None:
        return NOTHING
    leaves = tuple(
        Leaf(category, ".".join(field.path), payload.source, field.line)
        for field in payload.fields
        if selected is None or ".".join(field.path) in selected or ".".join(field.path[1:]) in selected
        for category in categories.get((payload.source, payload.name, field.path), ())
    )
    return Carries(leaves, payload.open and selected is None)


def _with_texts(request: Carries) -> Carries:
    """A text that a sender puts together, as a prompt or a mail's body, may hold anything that the sender has."""
    return replace(request, open=request.open or any(is_within(leaf.category, CONTENT) for leaf in request.leaves))


def _union(parts: Sequence[Carries]) -> Carries:
    leaves = tuple(dict.fromkeys(leaf for part in parts for leaf in part.leaves))
    return Carries(leaves, any(part.open for part in parts))


def outsiders_answers(exchanges: Iterable[Exchange], contracts: Mapping[str, Contract]) -> list[Gap]:
    """What outsiders may answer with by their schemas: nothing shows that they hold it, so that it is no flow."""
    calls: Counter[str] = Counter()
    told: dict[str, set[str]] = defaultdict(set)
    for exchange in exchanges:
        contract = contracts.get(exchange.id)
        if exchange.callee.kind == "outsider" and contract is not None and contract.response is not None:
            told[exchange.callee.name] |= {leaf.category for leaf in contract.response.leaves}
            calls[exchange.callee.name] += exchange.seen.calls
    hides = "answers of an outside party: by its schema they can carry {}; what it does send is not shown"
    return [
        Gap("outsider_answer", name, calls[name], 1.0, hides.format(", ".join(sorted(categories))))
        for name, categories in sorted(told.items())
        if categories
    ]


def schema_gaps(exchanges: Sequence[Exchange], matches: Matches) -> list[Gap]:
    """Exchanges without a schema, by caller and callee; schemas that nothing used; bindings that fit nothing."""
    total: Counter[str] = Counter()
    without: Counter[str] = Counter()
    for exchange in exchanges:
        if exchange.caller is None:
            continue
        where = f"{exchange.caller.service} -> {exchange.callee.name}"
        total[where] += exchange.seen.calls
        without[where] += 0 if exchange.id in matches.by_exchange else exchange.seen.calls
    hides = "exchanges without a payload schema: what their bodies and headers carry is possible, not known"
    gaps = [
        Gap("no_schema", where, count, round(count / total[where], 4), hides)
        for where, count in sorted(without.items())
        if count
    ]
    idle: Counter[str] = Counter(endpoint.source for endpoint in matches.unused)
    busy = {id(endpoint): endpoint for these in matches.by_exchange.values() for endpoint in these}
    declared = idle + Counter(endpoint.source for endpoint in busy.values())
    hides = "endpoints of a schema that no exchange was seen to use: not exercised, or not recognised"
    gaps += [
        Gap("unused_schema", source, count, round(count / declared[source], 4), hides)
        for source, count in sorted(idle.items())
    ]
    hides = "a binding that fits no exchange, or names a payload that no schema file declares"
    return gaps + [Gap("unused_binding", f"{b.place} '{b.callee}'", 1, 1.0, hides) for b in matches.idle]
