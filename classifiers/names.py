"""What a field's name says, read with its type, its owner and its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from classifiers.context import Ground, Place, denied_by_owner, grounds, kinds, place
from classifiers.model import Field, Label
from classifiers.rules import Rule, Words, lexicon
from classifiers.types import family, is_person_name

_LEAST = 0.4  # below this confidence nothing is said
_THING_FACTOR = 0.7  # the address of a store tells less of a person


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found in a name: words `start` to `end` of `words`, the first `borrowed` of which are the owner's."""

    start: int
    end: int
    rules: tuple[Rule, ...]


@lru_cache(maxsize=65_536)
def name_labels(field: Field) -> tuple[Label, ...]:
    """The labels that a field's name carries, best first; one label for each facet and category."""
    if is_person_name(field.type):
        return (Label("user.name", "personal", 0.95, ("the declared type PN is that of a person's name",)),)
    at = place(field.name, field.parent)
    found: dict[str, Label] = {}
    for label in _judge(field, at):
        if label.category not in found or found[label.category].confidence < label.confidence:
            found[label.category] = label
    best = sorted(found.values(), key=lambda label: (-label.confidence, label.category))
    return tuple(label for label in best if label.confidence >= _LEAST)


def _judge(field: Field, at: Place) -> Iterator[Label]:
    kind = family(field.type)
    if kind == "boolean" or (at.own and at.own[0] in lexicon().heads and len(at.own) > 1):
        return
    for words, match in _telling(at):
        qualifiers = words[: match.start]
        bare = not any("person" in kinds(word) for word in words[: match.end])
        found = False
        for rule in match.rules:
            if _denied(rule, words, match, kind) or (bare and denied_by_owner(rule, at)):
                continue
            ground = grounds(rule, at, qualifiers, partial(_surroundings, field, at)) if rule.needs else None
            if ground or not rule.needs:
                found = True
                yield _label(rule, words[match.start : match.end], qualifiers, ground)
        if found:
            return


def _surroundings(field: Field, at: Place) -> frozenset[str]:
    if not field.siblings and not at.owner:
        return frozenset({"unplaced"})
    return neighbours(field.siblings)


def _label(rule: Rule, phrase: Words, qualifiers: Words, ground: Ground | None) -> Label:
    says = f"the name's words '{' '.join(phrase)}' mean {rule.means}"
    confidence = rule.confidence
    if ground:
        says += f", since {ground.why}"
        confidence *= ground.factor
    elif qualifiers and "thing" in kinds(qualifiers[-1]):
        confidence *= _THING_FACTOR
    return Label(rule.category, rule.facet, round(confidence, 3), (says,))


def _denied(rule: Rule, words: Words, match: Match, kind: str | None) -> bool:
    """Whether shape or type say that the field is about the thing rather than the thing itself."""
    if kind is not None and kind not in rule.types:
        return True
    if rule.whole and any(not word.isdigit() for word in words[: match.start] + words[match.end :]):
        return True
    if rule.unless & set(words):
        return True
    return any(word in lexicon().tails and word not in rule.keeps for word in words[match.end :])


def _telling(at: Place) -> Iterator[tuple[Words, Match]]:
    """The phrases that decide: the last one in the name; else one that begins in the owner (`card` . `number`)."""
    own = matches(at.own)
    if own:
        yield at.own, own[-1]
    if at.head and (not own or own[-1].end - own[-1].start < len(at.own) + 1):
        words = (at.head, *at.own)
        for match in matches(words):
            if match.start == 0 and match.end == len(words) and len(words) > 1:
                yield words, match


@lru_cache(maxsize=65_536)
def matches(words: Words) -> tuple[Match, ...]:
    """The phrases of the lexicon in `words`, in order and without overlap; where two overlap, the longer."""
    known = lexicon().phrases
    found: list[Match] = []
    taken: set[int] = set()
    for size in range(min(len(words), lexicon().longest), 0, -1):
        for start in range(len(words) - size, -1, -1):
            span = range(start, start + size)
            if not taken.intersection(span) and (rules := known.get(words[start : start + size])) is not None:
                found.append(Match(start, start + size, rules))
                taken.update(span)
    return tuple(sorted(found, key=lambda match: match.start))


@lru_cache(maxsize=4096)
def neighbours(siblings: tuple[str, ...]) -> frozenset[str]:
    """The kinds of surroundings that the names of a table or object make together."""
    return frozenset(signal for name in siblings for signal in _signals(name))


@lru_cache(maxsize=65_536)
def _signals(name: str) -> frozenset[str]:
    """What one name tells its neighbours on its own words alone."""
    words = place(name, None).own
    found = matches(words)
    if not found or words[0] in lexicon().heads:
        return frozenset()
    last = found[-1]
    qualified = last.start > 0 and "person" in kinds(words[last.start - 1])
    return frozenset(
        rule.signals
        for rule in last.rules
        if rule.signals and (qualified or not rule.needs) and not _denied(rule, words, last, None)
    )
