"""What surrounds a name: the object or table it belongs to, and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import lru_cache

from classifiers.rules import Rule, Words, lexicon

_PATH = re.compile(r"\[\w*\]|\.|/|->>?|:")
_LONGEST = 512  # characters of a name that are looked at, from its end
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name stands: its own words, and those of the innermost thing it belongs to.

    `head` is the word that says what the owner is about: `customer` for `sales_customer_entity`; empty without owner.
    `aside` tells that a row of the owner is not one of those: `customer_log`, `customer_list`.
    """

    own: Words
    owner: Words
    head: str
    aside: bool


@lru_cache(maxsize=65_536)
def place(name: str, parent: str | None) -> Place:
    """Split a name, which may be a path, and its parent, which may be qualified by a schema."""
    words = lexicon().segmenter.words
    name = name[-_LONGEST:]
    if _PATH.search(name) is None:
        return Place(words(name), *_owner(parent))
    path = [part for part in _PATH.split(name) if part]
    own = words(path[-1]) if path else ()
    owners = [words(part) for part in path[:-1]]
    owner = next((part for part in reversed(owners) if set(part) - lexicon().frame - lexicon().asides), None)
    return Place(own, *_owner(parent)) if owner is None else Place(own, owner, *_head(owner))


@lru_cache(maxsize=8192)
def _owner(parent: str | None) -> tuple[Words, str, bool]:
    owner = lexicon().segmenter.words(parent[-_LONGEST:]) if parent else ()
    return owner, *_head(owner)


def _head(owner: Words) -> tuple[str, bool]:
    frame, asides = lexicon().frame, lexicon().asides
    aside = False
    left = [word for word in owner if not word.isdigit()]
    while len(left) > 1 and (left[-1] in frame or left[-1] in asides):
        aside |= left.pop() in asides
    return (left[-1] if left else ""), aside


def kinds(word: str) -> frozenset[str]:
    """The kinds of surroundings a word makes: `customer` makes person."""
    return lexicon().kinds.get(word, _NOTHING)


@dataclass(frozen=True, slots=True)
class Ground:
    """A need that the surroundings meet: the kind, and the words of the sentence that says so."""

    kind: str
    why: str
    factor: float


def grounds(rule: Rule, at: Place, qualifiers: Words, rest: Words, signals: Callable[[], Set[str]]) -> Ground | None:
    """How the surroundings of a match meet one of the rule's needs; None when they do not.

    The nearest source decides: the words before the match, then the owner, then the neighbours. `qualifiers` are the
    name's words before the match, `rest` those after it; `signals` gives the kinds that the neighbours make.
    """
    needs = rule.needs
    if "unplaced" in needs:  # whatever stands before the match: nobody says what the text is about
        return Ground("unplaced", f"it is {_PLAIN['unplaced']}", 1.0) if "unplaced" in signals() else None
    if rule.trailing:
        return _trailing(rule, rest)
    for word in reversed(qualifiers):
        if met := _first(kinds(word) & needs):
            return Ground(met, f"'{word}' before it tells of {_PLAIN[met]}", 1.0)
        if word == at.head:  # the name repeats what it belongs to
            continue
        if (word not in lexicon().neutral and not word.isdigit()) or "thing" in kinds(word):
            return None
    head = at.head
    if (met := _first(kinds(head) & needs)) and not (rule.row and (at.aside or _links(signals()))):
        return Ground(met, f"it belongs to '{head}', which tells of {_PLAIN[met]}", 1.0)
    if denied_by_owner(rule, at):
        return None
    for word in reversed(at.owner):
        if word in lexicon().neutral:  # `shipping` alone is no address
            continue
        if met := _first((kinds(word) & needs) - _PEOPLE):
            return Ground(met, f"it belongs to something of '{word}', which tells of {_PLAIN[met]}", 0.95)
    if not rule.close and (met := _first(signals() & needs)):
        return Ground(met, f"its neighbours tell of {_PLAIN[met]}", 0.9)
    return None


def _trailing(rule: Rule, rest: Words) -> Ground | None:
    word = next((word for word in rest if word not in lexicon().prepositions), "")
    met = _first(kinds(word) & rule.needs)
    return Ground(met, f"'{word}' after it tells of {_PLAIN[met]}", 1.0) if met else None


def _links(signals: Set[str]) -> bool:
    """Whether the neighbours only refer to people: a row of `group_members` is no person, its `user_id` names one."""
    return "userref" in signals and signals.isdisjoint(_ABOUT_PEOPLE)


def denied_by_owner(rule: Rule, at: Place) -> bool:
    """Whether the owner is of a kind that the rule does not speak of: the full name of a course is nobody's."""
    return bool(kinds(at.head) & rule.not_of)


_PEOPLE = frozenset({"person", "subject", "private person", "role"})
_ABOUT_PEOPLE = frozenset({"person", "address", "card", "bank", "health", "credential"})
_PLAIN = {
    "person": "people",
    "subject": "people",
    "private person": "people",
    "role": "the part that a person plays",
    "purchase": "what somebody orders",
    "address": "an address",
    "card": "a payment card",
    "bank": "a bank account",
    "payment": "a payment",
    "charge": "money asked of somebody",
    "health": "health",
    "device": "a device",
    "credential": "a login",
    "text message": "a text message",
    "writing": "what people write",
    "userref": "the person a row belongs to",
    "session": "a session",
    "mail": "e-mail",
    "employment": "somebody's work",
    "court": "a court's case",
    "identity": "proof of identity",
    "online": "a visit over the network",
    "unplaced": "text whose owner is unknown",
}


def _first(found: Set[str]) -> str:
    return min(found, default="")
