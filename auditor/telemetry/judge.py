"""Asks the classifiers whether a value or a key's name is personal data. Answers are cached in memory only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from auditor.telemetry.memory import remembered
from classifiers.classify import classify_key
from classifiers.values import may_hold, scan_text

NOTHING: frozenset[str] = frozenset()
_SURE, _VERY_SURE = 0.5, 0.7
_PSEUDONYM = "user.unique_id"
UUID = r"\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?"
BLANK = (
    r"\s*(?:|[*?.#\-_]+|x{3,}|null|none|undefined|nan|true|false|0|"
    r"[\[<{]?(?:redacted|filtered|masked|removed|anonymized|scrubbed)[\]>}]?|\{\}|%s|\$\d+|:\w+)\s*"
)
LONGEST_BLANK = 39
_UUID, _BLANK = re.compile(UUID, re.IGNORECASE), re.compile(BLANK, re.IGNORECASE)


@remembered
def of_text(text: str) -> frozenset[str]:
    """The categories that a text's content shows."""
    return scan_text(text)


def of_texts(texts: Iterable[str]) -> frozenset[str]:
    """The categories that any of these texts shows."""
    return NOTHING.union(*(of_text(text) for text in texts if len(text) > 4))


def may_show(text: str) -> bool:
    """Whether a text, or a part of it, may show anything."""
    return may_hold(text)


def of_key(name: str, value: str, parent: str | None = None) -> frozenset[str]:
    """The category that a key's name tells, if it has a value: nothing leaks by `password=` or `password=***`."""
    return NOTHING if is_blank(value) else _classified(name, parent, _SURE)


def of_own_key(name: str, value: str) -> frozenset[str]:
    """As `of_key`, for an application's own attribute: any word may stand in its name, so only a sure one counts."""
    if is_blank(value):
        return NOTHING
    found = _classified(name, None, _VERY_SURE)
    return frozenset(filter(_may_be_an_id, found)) if _UUID.fullmatch(value) else found


def _may_be_an_id(category: str) -> bool:
    """Whether values of a category may be random ids: an account may be one, a `reply_to` that is one is no address."""
    return category.startswith(("user.account", "user.authorization", "user.device", "system"))


def is_blank(value: str) -> bool:
    """Whether a value is empty, a placeholder or redacted already."""
    return len(value) <= LONGEST_BLANK and _BLANK.fullmatch(value) is not None


@remembered
def _classified(name: str, parent: str | None, least: float) -> frozenset[str]:
    """The best label alone: a leak is one finding, not every reading of a name.

    That a key holds some id of a person is no finding: every `/orders/{order_id}` would be one.
    """
    labels = [label for label in classify_key(name, parent) if label.confidence >= least and label.facet != "content"]
    return frozenset({labels[0].category} if labels and not labels[0].category.startswith(_PSEUDONYM) else ())
