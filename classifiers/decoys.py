"""Values that look like personal data to a pattern and are none: ids, clocks, hashes, versions, flags."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from classifiers.checksums import is_article_number, is_old_isbn, is_routing_number

_FLAGS = frozenset("0 1 true false t f yes no y n on off".split())
_HEX = r"[0-9a-fA-F]"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("UUIDs", re.compile(rf"\{{?{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}\}}?")),
    (
        "points in time",
        re.compile(
            r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"  # date, minutes, maybe seconds
            r"(?: ?(?:Z|[+\-]\d{2}:?\d{2}))?"  # maybe an offset from UTC
        ),
    ),
    ("hashes", re.compile(rf"(?=.{{0,31}}[a-fA-F])(?=.{{0,31}}\d)(?:{_HEX}{{8}}){{2,16}}")),
    ("hashes", re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")),
    ("hashes", re.compile(r"\$(?:argon2id?|pbkdf2[\w\-]{0,20}|scrypt|6|5|1)\$.{8,200}")),
    ("versions", re.compile(r"v?\d{1,4}\.\d{1,5}\.(?!(?:19|20)\d\d$)\d{1,6}(?:[.\-+][0-9A-Za-z.\-]{1,32})?")),
)
# Seconds, milliseconds, microseconds and nanoseconds since 1970, from 2001 to 2033.
_EPOCH = re.compile(r"1\d{9}(?:\d{3}|\d{6}|\d{9})?")
_OCTETS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def decoy(value: str) -> str | None:
    """What kind of harmless thing one value is, in the plural; None when it may be anything."""
    if value.lower() in _FLAGS:
        return "flags"
    if _EPOCH.fullmatch(value):
        return "clock readings"
    if _OCTETS.fullmatch(value):
        return None  # four numbers with dots are an address before they are a version
    return next((kind for kind, shape in _SHAPES if shape.fullmatch(value)), None)


def is_sequence(values: Sequence[str]) -> bool:
    """Whether distinct whole numbers count up with few gaps, as generated keys do; takes three or more."""
    if len(values) < 3 or not all(value.isascii() and value.isdigit() and len(value) < 19 for value in values):
        return False
    numbers = sorted(map(int, values))
    return numbers[-1] - numbers[0] < 4 * len(numbers)


def _low_octets(text: str) -> bool:
    """Four numbers with dots, the first two low: seldom so in addresses, but for the private network 10."""
    first, second, *_ = map(int, text.split("."))
    return first < 32 and second < 32 and first not in (0, 10)


_FORMS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("article numbers", re.compile(r"\d{13}|97[89]-(?:\d{1,7}-){3}\d"), is_article_number),
    ("book numbers", re.compile(r"\d{9}[\dX]|(?:\d{1,7}-){3}[\dX]"), is_old_isbn),
    ("routing numbers of banks", re.compile(r"[0-3]\d{8}"), is_routing_number),
    ("versions", _OCTETS, _low_octets),
)


def column_decoy(values: Sequence[str]) -> tuple[str, int] | None:
    """What a column of distinct values holds and how many do, for kinds that a single value may be by luck.

    Most values must have the form, and four in five of those must pass its check; two at least.
    """
    for kind, form, check in _FORMS:
        formed = [value for value in values if form.fullmatch(value)]
        if len(formed) < 2 or len(formed) * 2 < len(values) or all(map(_EPOCH.fullmatch, formed)):
            continue
        passed = sum(check(value.replace("-", "")) for value in formed)
        if passed >= 0.8 * len(formed):
            return kind, passed
    return None
