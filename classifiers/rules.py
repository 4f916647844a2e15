"""The lexicon, read once: what words mean, what surroundings tell, which shapes deny."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from classifiers.model import Facet
from classifiers.segment import Segmenter, chunks

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Phrases that mean one category.

    What must hold: `types` are the families of declared types that fit; `typed` asks for a declared type, `long` for
    one made for long texts; `whole` that the phrase be the whole name. `needs` are the kinds of surroundings of which
    one must be there; with `close` in the name itself or its owner, with `trailing` in the words after the phrase
    (`nom_client`); `row` asks that a row of the owner be the person, not an entry of a log or a list of people.

    What denies: closing words other than those in `keeps`; any word in `unless`; `not_of`, the kinds of owners that
    deny a name without a qualifier of its own; `not_among`, the kinds of owners or neighbours that deny any.

    `signals` is the kind of surroundings that a match makes for its neighbours.
    """

    category: str
    facet: Facet
    means: str
    confidence: float
    types: frozenset[str]
    needs: frozenset[str]
    keeps: frozenset[str]
    unless: frozenset[str]
    signals: str
    whole: bool
    typed: bool
    long: bool
    close: bool
    trailing: bool
    not_of: frozenset[str]
    not_among: frozenset[str]
    row: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything names are judged by. `phrases` maps a phrase's words to its rules; no rules: the phrase is neutral."""

    segmenter: Segmenter
    phrases: Mapping[Words, tuple[Rule, ...]]
    longest: int
    kinds: Mapping[str, frozenset[str]]  # word -> kinds
    signals: Mapping[Words, str]  # phrase -> the kind of surroundings it makes for its neighbours
    frame: frozenset[str]
    asides: frozenset[str]
    neutral: frozenset[str]
    heads: frozenset[str]
    tails: frozenset[str]
    prepositions: frozenset[str]
    types: Mapping[str, frozenset[str]]  # family -> declared types


_AREAS = (
    "contact identity demographic official finance health online credential content references work legal languages"
).split()


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("lexicon", f"{name}.toml").read_text(encoding="utf-8"))


def _rules() -> Iterator[tuple[Rule, list[str]]]:
    for area in _AREAS:
        for row in _read(area)["rule"]:
            facet = row.get("facet", "personal")
            if facet not in get_args(Facet):
                raise ValueError(f"lexicon/{area}.toml: unknown facet")
            yield _rule(row, facet), row["words"]


def _rule(row: dict[str, Any], facet: Facet) -> Rule:
    def words(key: str) -> frozenset[str]:
        return frozenset(row.get(key, ()))

    return Rule(
        category=row["category"],
        facet=facet,
        means=row["means"],
        confidence=row["confidence"],
        types=frozenset(row["types"].split()),
        needs=words("needs"),
        keeps=words("keeps"),
        unless=words("unless"),
        signals=row.get("signals", ""),
        whole=row.get("whole", False),
        typed=row.get("typed", False),
        long=row.get("long", False),
        close=row.get("close", False),
        trailing=row.get("trailing", False),
        not_of=words("not_of"),
        not_among=words("not_among"),
        row=row.get("row", False),
    )


_SHORT = 3  # letters: in a long word they may stand anywhere by chance


def _vocabulary(lists: Iterable[Iterable[str]], phrases: Iterable[str]) -> frozenset[str]:
    """All single words, in the singular where both forms occur: splitting brings plurals back to it.

    Of the `phrases` of rules only those short words count that are a whole phrase.
    """
    found = {chunk for words in lists for word in words for chunk in chunks(word)}
    for phrase in phrases:
        parts = chunks(phrase)
        found.update(part for part in parts if len(part) > _SHORT or (len(parts) == 1 and len(part) == _SHORT))
    found = {word for word in found if not word.isdigit()}
    return frozenset(word for word in found if not (len(word) > 3 and word.endswith("s") and word[:-1] in found))


@cache
def lexicon() -> Lexicon:
    """The lexicon of the package's data files, built on first use."""
    rules = tuple(_rules())
    context, shapes = _read("context"), _read("shapes")
    neutral = _read("neutral")["words"]
    lists = [_read("vocabulary")["words"], neutral, *context["kinds"].values(), *context["signals"].values()]
    lists += [context[key]["words"] for key in ("frame", "asides", "neutral")]
    lists += [shapes[key]["words"] for key in ("heads", "tails")]
    abbreviations: dict[str, str] = _read("abbreviations")["words"]
    spoken = [phrase for _, words in rules for phrase in words]
    segmenter = Segmenter(_vocabulary([*lists, abbreviations.values()], spoken), abbreviations)
    phrases: dict[Words, tuple[Rule, ...]] = {segmenter.words(phrase): () for phrase in neutral}
    for rule, words in rules:
        for phrase in dict.fromkeys(map(segmenter.words, words)):
            phrases[phrase] = (*phrases.get(phrase, ()), rule)
    signals = {segmenter.words(phrase): kind for kind, words in context["signals"].items() for phrase in words}
    for phrase in signals:
        phrases.setdefault(phrase, ())
    kinds: dict[str, set[str]] = {}
    for kind, words in context["kinds"].items():
        for word in words:
            kinds.setdefault(segmenter.words(word)[-1], set()).add(kind)

    def single(words: Iterable[str]) -> frozenset[str]:
        return frozenset(segmenter.words(word)[-1] for word in words)

    return Lexicon(
        segmenter,
        phrases,
        max(map(len, phrases)),
        {word: frozenset(found) for word, found in kinds.items()},
        signals,
        single(context["frame"]["words"]),
        single(context["asides"]["words"]),
        single(context["neutral"]["words"]),
        single(shapes["heads"]["words"]),
        single(shapes["tails"]["words"]),
        single(shapes["prepositions"]["words"]),
        {family: frozenset(words) for family, words in shapes["types"].items()},
    )
