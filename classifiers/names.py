"""What a field's name says, read with its type, its owner and its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial

from classifiers.context import Ground, Place, denied_by_owner, grounds, kinds, place
from classifiers.model import Field, Label
from classifiers.neighbours import neighbours, without_mark
from classifiers.phrases import Match, telling
from classifiers.rules import Rule, Words
from classifiers.shapes import denied, is_flag
from classifiers.types import declared, is_person_name

_LEAST = 0.4  # below this confidence nothing is said
_THING_FACTOR = 0.7  # the address of a store tells less of a person


@lru_cache(maxsize=65_536)
def name_labels(field: Field) -> tuple[Label, ...]:
    """The labels that a field's name carries, best first; one label for each category."""
    if is_person_name(field.type):
        return (Label("user.name", "personal", 0.95, ("the declared type PN is that of a person's name",)),)
    at = without_mark(place(field.name, field.parent), field.siblings)
    if declared(field.type).family == "boolean" or is_flag(at.own):
        return ()
    best: dict[str, Label] = {}
    for label in _judge(field, at):
        if label.category not in best or best[label.category].confidence < label.confidence:
            best[label.category] = label
    labels = sorted(best.values(), key=lambda label: (-label.confidence, label.category))
    return tuple(label for label in labels if label.confidence >= _LEAST)


def _judge(field: Field, at: Place) -> Iterator[Label]:
    """The labels of the first phrase of which any rule may speak here."""
    for words, match in telling(at):
        labels = [label for rule in match.rules if (label := _apply(rule, field, at, words, match))]
        if labels:
            yield from labels
            return


def _apply(rule: Rule, field: Field, at: Place, words: Words, match: Match) -> Label | None:
    if denied(rule, words, match, declared(field.type), at.owner):
        return None
    if denied_by_owner(rule, at) and not _qualified(rule, words[: match.end]):
        return None
    if rule.not_among and rule.not_among & _surroundings(field, at).union(*map(kinds, at.owner)):
        return None
    before, phrase, after = words[: match.start], words[match.start : match.end], words[match.end :]
    if not rule.needs:
        return _label(rule, phrase, before, None)
    ground = grounds(rule, at, before, after, partial(_surroundings, field, at))
    return _label(rule, phrase, before, ground) if ground else None


def _qualified(rule: Rule, words: Words) -> bool:
    """Whether a name says itself whose it is, whatever its owner: `customer_name` of an order, `ship_name`."""
    wanted = rule.needs | {"person"} if rule.facet == "personal" else frozenset({"person"})
    return any(kinds(word) & wanted for word in words)


def _surroundings(field: Field, at: Place) -> frozenset[str]:
    if not field.siblings and not at.owner:
        return frozenset({"unplaced"})
    return neighbours(field.siblings)


def _label(rule: Rule, phrase: Words, before: Words, ground: Ground | None) -> Label:
    says = f"the name's words '{' '.join(phrase)}' mean {rule.means}"
    confidence = rule.confidence
    if ground:
        says += f", since {ground.why}"
        confidence *= ground.factor
    elif before and "thing" in kinds(before[-1]):
        confidence *= _THING_FACTOR
    return Label(rule.category, rule.facet, round(confidence, 3), (says,))
