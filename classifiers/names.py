"""What a field's name says, read with its type, its owner and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, partial

from classifiers.context import Ground, Place, denied_by_owner, grounds, kinds, place
from classifiers.model import Field, Label
from classifiers.neighbours import neighbours, without_mark
from classifiers.phrases import Match, telling
from classifiers.rules import Rule, Words, lexicon
from classifiers.shapes import denied, is_flag
from classifiers.types import declared, is_person_name

_LEAST = 0.4  # below this confidence nothing is said
_LONGEST_NOTE = 5  # words of a comment that may be a name spelled out; longer ones are sentences
_OWNED = re.compile(  # "date of birth of the patient"
    r"(?P<what>\w+(?:[ -]\w+){0,4}) (?:of|for) (?:the|a|an|this|that|each|every|our) (?P<whose>\w+(?: \w+)?)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|a|an|this|its|their)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"[\u2019']s\b|(?<=s)[\u2019']")
# Names that say what a thing is called or kept as, not what it is.
_VAGUE = frozenset(
    ("name", "value", "number", "user", "title", "address", "code", "id", "text", "data", "field", "column", "info")
)
_TOLD_FACTOR = 0.9
_THING_FACTOR = 0.7  # the address of a store tells less of a person


@lru_cache(maxsize=65_536)
def name_labels(field: Field) -> tuple[Label, ...]:
    """The labels that a field's name carries, best first; one label for each category."""
    if is_person_name(field.type):
        return (Label("user.name", "personal", 0.95, ("the declared type PN is that of a person's name",)),)
    if declared(field.type).family == "boolean":
        return ()
    at = without_mark(place(field.name, field.parent), field.siblings)
    best: dict[str, Label] = {}
    for label in list(_judge(field, at)) or _told(field, at):
        if label.category not in best or best[label.category].confidence < label.confidence:
            best[label.category] = label
    labels = sorted(best.values(), key=lambda label: (-label.confidence, label.category))
    return tuple(label for label in labels if label.confidence >= _LEAST)


def _judge(field: Field, at: Place) -> Iterator[Label]:
    """The labels of the first phrase of which any rule may speak here."""
    if is_flag(at.own):
        return
    for words, match in telling(at):
        labels = [label for rule in match.rules if (label := _apply(rule, field, at, words, match))]
        if labels:
            yield from labels
            return


def _told(field: Field, at: Place) -> list[Label]:
    """What a comment says of a name that says nothing itself: `c17` with the comment "Customer's e-mail"."""
    spelled = _spelled(field.comment)
    if spelled is None or is_flag(at.own) or (_speaks(at) and not _VAGUE.issuperset(at.own)):
        return []
    labels = _judge(field, replace(at, own=spelled))
    return [
        replace(
            label,
            confidence=round(label.confidence * _TOLD_FACTOR, 3),
            evidence=tuple(line.replace("the name's words", "the comment's words", 1) for line in label.evidence),
        )
        for label in labels
    ]


def _spelled(comment: str | None) -> Words | None:
    """The words of a comment that is a name spelled out, whose it is put first; None for sentences."""
    text = _ARTICLE.sub("", (comment or "").strip().rstrip("."), count=1)
    if owned := _OWNED.fullmatch(text):
        text = f"{owned['whose']} {owned['what']}"
    elif not text or len(text.split(None, _LONGEST_NOTE)) > _LONGEST_NOTE:
        return None
    return tuple(w for part in _POSSESSIVE.sub("", text).split() for w in lexicon().segmenter.words(part))


def _speaks(at: Place) -> bool:
    """Whether a name has any word that the lexicon knows: then it is no code, and silence has a reason."""
    known = lexicon()
    return any(word in known.kinds or word in known.tails or (word,) in known.phrases for word in at.own)


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
