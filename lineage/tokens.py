"""Tokens and cookies that travel along with calls, as the configuration describes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lineage.contracts import Item
from lineage.system import Exchange


@dataclass(frozen=True, slots=True)
class Token:
    """What a token carries, and between whom it travels.

    `carries` are categories, and patterns of fields `store/table.column`; `senders` and `receivers` are patterns of
    names of parties; `place` is where it is written.
    """

    name: str
    carries: tuple[str, ...]
    senders: tuple[str, ...] = ("*",)
    receivers: tuple[str, ...] = ("*",)
    place: str = ""

    def travels(self, exchange: Exchange) -> bool:
        """Whether the token goes along with a call."""
        if exchange.caller is None or exchange.mode != "call":
            return False
        sender, receiver = exchange.caller.service, exchange.callee.name
        return _fits(sender, self.senders) and _fits(receiver, self.receivers)

    def items(self, fields: Mapping[str, Sequence[str]]) -> frozenset[Item]:
        """What is in it. `fields` maps field ids to categories."""
        found = {Item(what) for what in self.carries if "/" not in what}
        patterns = [what for what in self.carries if "/" in what]
        for field, categories in fields.items():
            if not field.endswith(".*") and _fits(field, patterns):
                found |= {Item(category, field) for category in categories}
        return frozenset(found)


def carried_by_tokens(
    tokens: Iterable[Token], exchanges: Sequence[Exchange], fields: Mapping[str, Sequence[str]]
) -> dict[str, dict[Item, Token]]:
    """By exchange id, what its tokens carry and which does."""
    result: dict[str, dict[Item, Token]] = {}
    for token in tokens:
        items = token.items(fields)
        for exchange in exchanges:
            if token.travels(exchange):
                result.setdefault(exchange.id, {}).update(dict.fromkeys(items, token))
    return result


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
