"""Words of a team's own: `[[words]]` of auditor.toml, found in the names of fields and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.annotations.entries import Entry, complaints, entries
from classifiers.context import place
from classifiers.decisions import usual_facet
from classifiers.model import Facet, Field, Label
from classifiers.rules import lexicon

USUAL_CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True)
class Word:
    """A phrase that means a category when it stands in a name; `spelling` is as written, `words` what it splits to."""

    spelling: str
    words: tuple[str, ...]
    category: str
    facet: Facet
    confidence: float
    place: str = ""


def read_words(data: Mapping[str, Any], text: str, own: Sequence[str]) -> tuple[tuple[Word, ...], list[str]]:
    """The `[[words]]` of a parsed TOML file, and all mistakes in them. `own` are the team's own categories."""
    found, mistakes = entries(data, "words", text)
    words = tuple(word for entry in found for word in _words(entry, own))
    return words, mistakes + complaints(found)


def _words(entry: Entry, own: Sequence[str]) -> Iterator[Word]:
    entry.only("words", "category", "facet", "confidence")
    spellings = entry.row.get("words")
    if not isinstance(spellings, list) or not spellings or not all(isinstance(s, str) and split(s) for s in spellings):
        entry.mistakes.append(f"{entry.place}: 'words' must be a list of words or phrases such as \"member card\"")
        spellings = []
    confidence = entry.row.get("confidence", USUAL_CONFIDENCE)
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not 0 < confidence <= 1:
        entry.mistakes.append(f"{entry.place}: 'confidence' must be a number above 0, to 1")
        confidence = USUAL_CONFIDENCE
    facet = entry.facet()
    for category in entry.categories(own, none=False):
        for spelling in spellings:
            yield Word(
                spelling, split(spelling), category, facet or usual_facet(category), float(confidence), entry.place
            )


def split(name: str) -> tuple[str, ...]:
    """A phrase or name as the classifier splits it: `memberCardNo` is member, card, no."""
    return lexicon().segmenter.words(name)


def word_labels(words: Sequence[Word], field: Field) -> Iterator[Label]:
    """The labels that a team's words give to a field, by its own name: the whole phrase must stand in it."""
    if not words:
        return
    own = place(field.name, field.parent).own
    for word in words:
        size = len(word.words)
        if any(own[start : start + size] == word.words for start in range(len(own) - size + 1)):
            why = f"the name's words '{' '.join(word.words)}' mean {word.category} ({word.place})"
            yield Label(word.category, word.facet, word.confidence, (why,))
