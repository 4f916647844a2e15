"""What the columns of a table, or the fields of an object, tell of each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache

from classifiers.context import Place, kinds, place
from classifiers.phrases import matches
from classifiers.rules import lexicon
from classifiers.shapes import denied, is_flag

_FEWEST_MARKED = 3  # columns of a table that may share a mark
_SHARE_MARKED = 0.75


@lru_cache(maxsize=4096)
def neighbours(siblings: tuple[str, ...]) -> frozenset[str]:
    """The kinds of surroundings that the names of a table or object make together."""
    return frozenset(signal for name in siblings for signal in _signals(name))


def without_mark(at: Place, siblings: tuple[str, ...]) -> Place:
    """A place without the mark that a table puts before all of its columns: `rc_ip`, `rc_user`, `rc_time`."""
    if len(at.own) > 1 and len(siblings) >= _FEWEST_MARKED and at.own[0] == _mark(siblings):
        return replace(at, own=at.own[1:])
    return at


@lru_cache(maxsize=4096)
def _mark(siblings: tuple[str, ...]) -> str | None:
    first = Counter(words[0] for name in siblings if len(words := place(name, None).own) > 1)
    word, count = max(first.items(), key=lambda item: item[1], default=("", 0))
    means_something = word in lexicon().kinds or (word,) in lexicon().phrases
    return word if count >= _SHARE_MARKED * len(siblings) and not means_something else None


@lru_cache(maxsize=65_536)
def _signals(name: str) -> frozenset[str]:
    """What one name tells its neighbours on its own words alone."""
    words = place(name, None).own
    found = matches(words)
    if not found or is_flag(words):
        return frozenset()
    last = found[-1]
    if kind := lexicon().signals.get(words[last.start : last.end]):
        return frozenset({kind})
    qualified = last.start > 0 and "person" in kinds(words[last.start - 1])
    return frozenset(
        rule.signals
        for rule in last.rules
        if rule.signals and (qualified or not rule.needs) and not denied(rule, words, last, None)
    )
