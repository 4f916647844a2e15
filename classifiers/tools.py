"""What a team sets for the judging of values: its own recognisers, phone regions, a language model."""

from __future__ import annotations

from dataclasses import dataclass

from classifiers.model import Facet
from classifiers.phones import REGIONS


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A kind of value that a team knows: what matches one of `patterns` (regular expressions) or stands in `words`.

    `score`, 0..1, is how sure a pattern alone is: below 0.4 it counts only for fields whose name has a word of
    `context`. A word of `words` is always sure.
    """

    name: str
    category: str
    facet: Facet
    patterns: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    score: float = 0.6


@dataclass(frozen=True, slots=True)
class Tools:
    """`regions` are countries (ISO 3166 codes) in whose way phone numbers may be written without a country code.

    `ner_model` is the name or folder of an installed spaCy model; None: no model is used.
    """

    recognisers: tuple[Recogniser, ...] = ()
    regions: tuple[str, ...] = REGIONS
    ner_model: str | None = None


USUAL = Tools()
