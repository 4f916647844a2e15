"""How likely a flow is that is only possible: what a reviewer should look at first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lineage.contracts import Item, is_secret

NEEDED, OWN, PASSED, SESSION = 0.7, 0.5, 0.35, 0.25
"""Where to start: the receiver uses it as a parameter; the sender's own operation read it; it was passed to the
sender; a session may hold it."""
SAME_WORDS, SECRET, MANY = 0.2, -0.3, -0.1
LIKELY = 0.4  # from here on a flow is likely
MUCH = 8  # items in hand, above which each is less likely to be what was sent
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SHORTEST = 4  # letters of a word that tells something


def likelihood(start: float, item: Item, names: Iterable[str], in_hand: int) -> float:
    """A figure of 0..1. `names` are those of the exchange: its operation and its callee; `in_hand` counts items."""
    result = start
    told = {_stem(word) for name in names for word in _words(name)}
    if item.field is not None and told & {_stem(word) for word in _words(item.field.rpartition("/")[2])}:
        result += SAME_WORDS
    if is_secret(item):
        result += SECRET
    if in_hand > MUCH:
        result += MANY
    return round(min(max(result, 0.05), 0.95), 2)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name) if len(word) >= _SHORTEST]


def _stem(word: str) -> str:
    return word.removesuffix("ies") if word.endswith("ies") else word.removesuffix("es").removesuffix("s")
