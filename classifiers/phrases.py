"""The phrases of the lexicon in a name, and which of them decide what the name means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from classifiers.context import Place, kinds
from classifiers.rules import Rule, Words, lexicon

_DONE_BY = ("created", "by")


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found in a name: the words from `start` to before `end`, and the rules that speak of it."""

    start: int
    end: int
    rules: tuple[Rule, ...]


@lru_cache(maxsize=65_536)
def matches(words: Words) -> tuple[Match, ...]:
    """The phrases of the lexicon in `words`, in order and without overlap; where two overlap, the longer."""
    known = lexicon().phrases
    found: list[Match] = []
    taken: set[int] = set()
    for size in range(min(len(words), lexicon().longest), 0, -1):
        for start in range(len(words) - size, -1, -1):
            span = range(start, start + size)
            if not taken.intersection(span) and (rules := known.get(_general(words[start : start + size]))) is not None:
                found.append(Match(start, start + size, rules))
                taken.update(span)
    return tuple(sorted(found, key=lambda match: match.start))


def _general(phrase: Words) -> Words:
    """The phrase that the lexicon has for all alike: who counted, moved or shipped it is told as who made it is."""
    if len(phrase) == 2 and phrase[1] == "by" and phrase[0].endswith("ed") and phrase not in lexicon().phrases:
        return _DONE_BY
    return phrase


def _keeps(rule: Rule, rest: Words) -> bool:
    """Whether the words after a phrase leave its meaning: those the rule names, and people (`ssn_number_patient`)."""
    return all(word in rule.keeps or ("person" in kinds(word) and rule.facet != "content") for word in rest)


def telling(at: Place) -> Iterator[tuple[Words, Match]]:
    """The phrases that may decide, the best first, each with the words it stands in.

    The last one in the name; the one before it when only people or empty words follow (`email_cliente`, `ssn_no`); at
    last one that begins in the owner (`card` . `number`), though a bare `id` is the key of a row and borrows nothing.
    """
    own = matches(at.own)
    if own:
        yield at.own, own[-1]
    if len(own) > 1:
        before = own[-2]
        rest = at.own[before.end :]
        if all("person" in kinds(word) for word in rest):  # but `comment_author` is no comment
            yield at.own, replace(before, rules=tuple(rule for rule in before.rules if rule.facet != "content"))
        elif kept := tuple(rule for rule in before.rules if _keeps(rule, rest)):
            yield at.own, replace(before, rules=kept)
        elif "id" not in rest and all(word in lexicon().neutral or word in lexicon().tails for word in rest):
            yield at.own, replace(before, rules=tuple(rule for rule in before.rules if rule.facet == "personal"))
    if at.head and at.own and at.own != ("id",):
        words = (at.head, *at.own)
        if rules := lexicon().phrases.get(words):
            yield words, Match(0, len(words), rules)
