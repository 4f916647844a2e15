"""What a column's values show: decoys first, then checks of whole values, then Presidio, each put to the vote.

Values are counted and forgotten. A repeated value votes once, so that a repeated mistake does not confirm itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from classifiers import presidio
from classifiers.decoys import decoy, is_sequence
from classifiers.patterns import WHOLE
from classifiers.values import scan_text

_MOST = 500  # distinct values that are looked at
_LONGEST = 256  # characters of a value that are looked at by whole-value checks
_RECOGNISED = 40  # values that Presidio sees: it is slow
_QUORUM = 0.5
_IN_TEXT = 0.1  # share of texts with personal data inside that makes free text telling


@dataclass(frozen=True, slots=True)
class Shown:
    """A category that `count` of `of` distinct values show; `says` completes the sentence "n of m values ..."."""

    category: str
    count: int
    of: int
    says: str

    @property
    def share(self) -> float:
        return self.count / self.of

    @property
    def sentence(self) -> str:
        return f"{self.count} of {self.of} distinct values {self.says}"


@dataclass(frozen=True, slots=True)
class Sample:
    """The verdict on a column's values: categories shown, or the harmless kind most of them are."""

    of: int = 0
    shown: tuple[Shown, ...] = ()
    harmless: Shown | None = None
    wordy: bool = False


def judge(values: Sequence[str], words: Sequence[str] = ()) -> Sample:
    """Judge a column by its values; `words` are those of its name, context for weak patterns."""
    distinct = tuple(dict.fromkeys(text for value in values if (text := value.strip())))[:_MOST]
    if not distinct:
        return Sample()
    size = len(distinct)
    harmless = _harmless(distinct)
    if harmless:
        return Sample(size, harmless=harmless)
    shown = [vote for category, check, says in WHOLE if (vote := _vote(category, distinct, check, says))]
    wordy = sum(text.count(" ") >= 3 and len(text) > 20 for text in distinct) * 2 >= size
    if not shown:
        shown = _inside(distinct) if wordy else _recognised(distinct, words)
    return Sample(size, tuple(shown), None, wordy)


def _vote(category: str, distinct: Sequence[str], check: Callable[[str], object], says: str) -> Shown | None:
    count = sum(bool(check(text)) for text in distinct if len(text) <= _LONGEST)
    return Shown(category, count, len(distinct), says) if count >= _QUORUM * len(distinct) else None


def _harmless(distinct: Sequence[str]) -> Shown | None:
    kinds = Counter(kind for text in distinct if len(text) <= _LONGEST and (kind := decoy(text)))
    if kinds:
        kind, count = kinds.most_common(1)[0]
        if count >= _QUORUM * len(distinct):
            return Shown("", count, len(distinct), f"are {kind}")
    return Shown("", len(distinct), len(distinct), "count up like generated keys") if is_sequence(distinct) else None


def _inside(distinct: Sequence[str]) -> list[Shown]:
    found = Counter(category for text in distinct for category in scan_text(text))
    enough = [(category, count) for category, count in found.items() if count >= _IN_TEXT * len(distinct)]
    return [Shown(category, count, len(distinct), "hold such data inside a text") for category, count in sorted(enough)]


def _recognised(distinct: Sequence[str], words: Sequence[str]) -> list[Shown]:
    if not any(re.search(r"\d", text) for text in distinct):
        return []  # every chosen recogniser but the e-mail's needs digits, and that one has voted above
    some = distinct[:_RECOGNISED]
    found = Counter(category for text in some for category in presidio.recognise(text, words))
    enough = [(category, count) for category, count in found.items() if count >= _QUORUM * len(some)]
    return [Shown(category, count, len(some), "are recognised by Presidio") for category, count in sorted(enough)]
