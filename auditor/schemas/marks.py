"""What a schema's author marked a field with: extensions and custom options that state a category or secrecy.

A category is stated by a fideslang key: `x-data-category: user.contact.email`, `(data_category) = "user.name"`. A
short key (`user`, `user.name`) counts only where the mark's own name speaks of categories: such words are also used
for other things. A mark that says true and names no category (`x-sensitive`, `x-pii`, `debug_redact`), or a tag that
says so (`confluent:tags` with PII), means that the field is not to be logged; which category it is stays open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.taxonomy import CATEGORIES

_KEYS = {key.replace(".", "_"): key for key in CATEGORIES}
_CATEGORISES = frozenset(
    "categories category classification data fides gdpr label labels personal pii privacy tag tags".split()
)
_HIDES = frozenset("confidential personal pii phi redact redacted secret sensitive".split())
_PERSONAL = frozenset("personal pii".split())
_GRADES = frozenset("class classification sensitivity tag tags".split())
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 200  # characters of a mark


@dataclass(frozen=True, slots=True)
class Marks:
    """The categories that marks state (None: nothing is said), and whether one says that the field is secret."""

    categories: tuple[str, ...] | None = None
    redacted: bool = False


NO_MARKS = Marks()


def read_marks(pairs: Sequence[tuple[str, str]]) -> Marks:
    """The marks among (name, value) pairs of extensions or options; a list of values is several pairs."""
    if not pairs:
        return NO_MARKS
    stated: dict[str, None] = {}
    redacted = cleared = False
    for name, value in pairs:
        words = frozenset(_WORD.findall(name[:_LONGEST].lower()))
        said = value[:_LONGEST].strip().lower()
        key = category_of(value, bool(words & _CATEGORISES)) or (None if said in _FALSE else _named(name))
        if key is not None:
            stated[key] = None
        elif (words & _HIDES and said in _TRUE) or (words & _GRADES and said in _HIDES):
            redacted = True
        elif words & _PERSONAL and said in _FALSE:
            cleared = True
    return Marks(tuple(stated) if stated else () if cleared else None, redacted)


def category_of(value: str, short: bool = True) -> str | None:
    """The key that a value is, also written as a constant: USER_CONTACT_EMAIL; keys of one or two words if `short`."""
    key = _KEYS.get(value[:_LONGEST].strip().lower().replace(".", "_").replace("-", "_"))
    return key if key is not None and (short or key.count(".") > 1) else None


def _named(name: str) -> str | None:
    """The longest key of two words or more that a mark's name ends with."""
    words = _WORD.findall(name[:_LONGEST].lower().replace("_", " "))
    for start in range(len(words) - 1):
        if key := _KEYS.get("_".join(words[start:])):
            return key if "." in key else None
    return None
