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

    `types` are the families of declared types that fit; `needs` the kinds of surroundings of which one must be there;
    `keeps` the closing words that do not deny it; `unless` words that do; `signals` the kind of surroundings that a
    match makes for its neighbours; `whole` asks that the phrase be the whole name; `close` that the name itself or its
    owner meet the need; `not_of` are the kinds of owners that deny a name without a qualifier of its own.
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
    close: bool
    not_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything names are judged by. `phrases` maps a phrase's words to its rules; no rules: the phrase is neutral."""

    segmenter: Segmenter
    phrases: Mapping[Words, tuple[Rule, ...]]
    longest: int
    kinds: Mapping[str, frozenset[str]]  # word -> kinds
    frame: frozenset[str]
    neutral: frozenset[str]
    heads: frozenset[str]
    tails: frozenset[str]
    types: Mapping[str, frozenset[str]]  # family -> declared types


_AREAS = "contact identity demographic official finance health online credential content references".split()


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
        close=row.get("close", False),
        not_of=words("not_of"),
    )


def _vocabulary(lists: Iterable[Iterable[str]]) -> frozenset[str]:
    """All single words, in the singular where both forms occur: splitting brings plurals back to it."""
    found = {chunk for words in lists for word in words for chunk in chunks(word) if not chunk.isdigit()}
    return frozenset(word for word in found if not (len(word) > 3 and word.endswith("s") and word[:-1] in found))


@cache
def lexicon() -> Lexicon:
    """The lexicon of the package's data files, built on first use."""
    rules = tuple(_rules())
    context, shapes = _read("context"), _read("shapes")
    neutral = _read("neutral")["words"]
    lists = [_read("vocabulary")["words"], neutral, *context["kinds"].values(), *(words for _, words in rules)]
    lists += [
        part[key]["words"]
        for part, key in ((context, "frame"), (context, "neutral"), (shapes, "heads"), (shapes, "tails"))
    ]
    segmenter = Segmenter(_vocabulary(lists))
    phrases: dict[Words, tuple[Rule, ...]] = {segmenter.words(phrase): () for phrase in neutral}
    for rule, words in rules:
        for phrase in dict.fromkeys(map(segmenter.words, words)):
            phrases[phrase] = (*phrases.get(phrase, ()), rule)
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
        single(context["frame"]["words"]),
        single(context["neutral"]["words"]),
        single(shapes["heads"]["words"]),
        single(shapes["tails"]["words"]),
        {family: frozenset(words) for family, words in shapes["types"].items()},
    )
