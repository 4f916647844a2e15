"""What the shape of a name and its declared type say against a meaning: flags, counts, codes, other things."""

from __future__ import annotations

from classifiers.context import kinds
from classifiers.phrases import Match, matches
from classifiers.rules import Rule, Words, lexicon
from classifiers.types import Declared


def is_flag(words: Words) -> bool:
    """Whether a name asks or orders rather than names: `is_married`, `has_phone`, `send_email`."""
    if len(words) < 2 or words[0] not in lexicon().heads or words[1] == "by":
        return False
    return not any(match.start == 0 and match.end > 1 for match in matches(words))  # `verify token` is a thing


def denied(rule: Rule, words: Words, match: Match, declared: Declared | None, owner: Words = ()) -> bool:
    """Whether shape or type say that a name is about the thing rather than the thing itself.

    `declared` is None where types are not at issue; words of the `owner` may stand beside a phrase that must be whole.
    """
    if declared is not None and not _fits(rule, declared):
        return True
    if rule.whole and any(
        not word.isdigit() and word not in owner for word in words[: match.start] + words[match.end :]
    ):
        return True
    return bool(rule.unless & set(words)) or _about_something_else(rule, words[match.end :])


def _fits(rule: Rule, declared: Declared) -> bool:
    if (rule.facet == "content" and declared.coded) or (rule.long and not declared.long):
        return False
    if declared.family is None:
        return not rule.typed
    # Texts of a binary collation, and encrypted ones, are declared binary.
    return declared.family in rule.types or (declared.family == "binary" and "text" in rule.types)


def _about_something_else(rule: Rule, rest: Words) -> bool:
    """Whether the words after a match make it a mere qualifier: an `email client` is no e-mail address.

    The last noun of a compound says what it is, up to a preposition: `comments on the dose` are comments.
    """
    known = lexicon()
    for word in rest:
        if word in rule.keeps or word.isdigit():
            continue
        if word in known.prepositions:
            return rest[-1] in known.tails
        if word in known.tails or not (word in known.neutral or word in known.frame or _of_somebody(word)):
            return True
    return False


def _of_somebody(word: str) -> bool:
    return bool(found := kinds(word)) and "thing" not in found
