"""A name into words: `customerEMailAddr2`, `date-of-birth`, `usermodified`, `straßenname`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache

_CHUNK = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LOWER_CHUNK = re.compile(r"[a-z]+|[0-9]+")
# `userIDs` and `URLs` are plurals of an abbreviation, not the start of a new word.
_PLURAL_CAPITALS = re.compile(r"([A-Z]{2,})s(?![a-z])")
_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe"})
_UNKNOWN_COST = 2.5  # of one chunk that is no word, counted in words
_SHORTEST_GLUED = 4  # characters


def chunks(name: str) -> tuple[str, ...]:
    """The lower-case parts of a name, split where the writer marked it: punctuation, capitals, digits; no accents."""
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name.translate(_SPECIAL)).encode("ascii", "ignore").decode()
    if name.islower():  # most names: there are no capitals to look at
        return tuple(_LOWER_CHUNK.findall(name))
    return tuple(part.lower() for part in _CHUNK.findall(_PLURAL_CAPITALS.sub(r"\1", name)))


class Segmenter:
    """Splits names into the words of a vocabulary; glued words too, when the vocabulary explains nearly all of them."""

    def __init__(self, vocabulary: Set[str], abbreviations: Mapping[str, str] | None = None) -> None:
        """`vocabulary` holds lower-case words without accents; `abbreviations` what words are short for."""
        self._vocabulary = vocabulary
        self._abbreviations = abbreviations or {}
        self._singular = _plurals(vocabulary)
        self._from = _lengths(self._singular, slice(None, 2))
        self._upto = _lengths(self._singular, slice(-2, None))
        self._split = lru_cache(maxsize=65_536)(self._cheapest)
        self.words = lru_cache(maxsize=65_536)(self._words)

    def _words(self, name: str) -> tuple[str, ...]:
        """The words of a name, in order; digits are words of their own."""
        full = self._abbreviations
        return tuple(full.get(word, word) for chunk in chunks(name[:256]) for word in self._split(chunk))

    def _cheapest(self, chunk: str) -> tuple[str, ...]:
        known = self._singular
        if chunk in known or chunk.isdigit() or len(chunk) < _SHORTEST_GLUED:
            return (known.get(chunk, chunk),)
        size = len(chunk)
        if not any(size > length and chunk[-length:] in known for length in self._upto.get(chunk[-2:], ())):
            return (chunk,)  # no word ends it
        # For every end: least cost to explain what is before it, and where the last word of that starts; without and
        # with one short unknown part, which may stand at the front only.
        sure: list[tuple[float, int] | None] = [(0.0, 0)] + [None] * size
        rest: list[tuple[float, int] | None] = [None] * (size + 1)
        for end in range(2, min(size, 4) + 1):
            if chunk[:end] not in known:
                rest[end] = (_UNKNOWN_COST, 0)
        for start in range(size - 1):
            for best in (sure, rest):
                if (here := best[start]) is None:
                    continue
                step = (here[0] + 1, start)
                for length in self._from.get(chunk[start : start + 2], ()):
                    end = start + length
                    if end <= size and chunk[start:end] in known and ((there := best[end]) is None or step < there):
                        best[end] = step
        ends = [best[size] for best in (sure, rest)]
        if ends == [None, None]:
            return (chunk,)
        used = ends[0] is None or (ends[1] is not None and ends[1] < ends[0])
        return self._trace(chunk, rest if used else sure)

    def _trace(self, chunk: str, best: list[tuple[float, int] | None]) -> tuple[str, ...]:
        words: list[str] = []
        end = len(chunk)
        while end and (step := best[end]) is not None:
            part = chunk[step[1] : end]
            words.append(self._singular.get(part, part))
            end = step[1]
        words.reverse()
        explained = sum(len(word) for word in words if word in self._vocabulary and len(word) > 2)
        return tuple(words) if explained * 2 >= len(chunk) else (chunk,)


def _lengths(words: Iterable[str], ends: slice) -> dict[str, tuple[int, ...]]:
    """Two letters to the lengths of the words that have them at that end: what is worth looking up."""
    found: dict[str, set[int]] = {}
    for word in words:
        if len(word) > 1:
            found.setdefault(word[ends], set()).add(len(word))
    return {letters: tuple(sorted(lengths)) for letters, lengths in found.items()}


def _plurals(vocabulary: Set[str]) -> dict[str, str]:
    """Every word and its regular plurals, to the word; a plural that is a word itself stays."""
    forms = {word: word for word in vocabulary}
    for word in vocabulary:
        if len(word) > 1:
            forms.setdefault(word + "s", word)
    for word in vocabulary:
        forms.setdefault(word + "es", word)
        if word.endswith("y") and len(word) > 1:
            forms.setdefault(word[:-1] + "ies", word)
    return forms
