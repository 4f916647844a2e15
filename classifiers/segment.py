"""A name into words: `customerEMailAddr2`, `date-of-birth`, `usermodified`, `straßenname`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Set
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
        self._longest = max(map(len, self._singular), default=1)
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
        if not any(chunk[start:] in known for start in range(1, len(chunk) - 1)):
            return (chunk,)  # no word ends it
        # best[i]: least cost to explain chunk[:i], whether an unknown part was used, and where its last word starts.
        best: list[list[tuple[float, int, bool]]] = [[(0.0, 0, False)]] + [[] for _ in chunk]
        for end in range(1, len(chunk) + 1):
            for start in range(max(0, end - max(self._longest, 4)), end):
                if not best[start]:
                    continue
                is_word = end - start > 1 and chunk[start:end] in known
                for cost, _, used in best[start]:
                    if is_word:
                        best[end].append((cost + 1, start, used))
                    elif start == 0 and 2 <= end <= 4:  # one short unknown part, at the front only
                        best[end].append((cost + _UNKNOWN_COST, start, True))
            best[end] = [min(options) for flag in (False, True) if (options := [o for o in best[end] if o[2] is flag])]
        if not best[-1]:
            return (chunk,)
        _, start, used = min(best[-1])
        return self._trace(chunk, best, used)

    def _trace(self, chunk: str, best: list[list[tuple[float, int, bool]]], used: bool) -> tuple[str, ...]:
        words: list[str] = []
        end = len(chunk)
        while end:
            start = next(start for _, start, flag in best[end] if flag is used)
            part = chunk[start:end]
            words.append(self._singular.get(part, part))
            used = used and part in self._singular
            end = start
        words.reverse()
        explained = sum(len(word) for word in words if word in self._vocabulary and len(word) > 2)
        return tuple(words) if explained * 2 >= len(chunk) else (chunk,)


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
