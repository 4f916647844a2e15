"""The words that values are made of: given names, cities, jobs, closed sets of answers; read once, on first use."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PART = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class WordLists:
    """Folded words: compare them with `fold(value)`."""

    closed: Mapping[str, frozenset[str]]
    titles: frozenset[str]
    particles: frozenset[str]
    given: frozenset[str]
    family: frozenset[str]
    family_endings: tuple[str, ...]
    cities: frozenset[str]
    city_endings: tuple[str, ...]
    city_openings: frozenset[str]
    city_joints: frozenset[str]
    jobs: frozenset[str]
    job_endings: tuple[str, ...]


_LETTERS = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "ß": "ss", "æ": "ae", "đ": "d"})


def fold(text: str) -> str:
    """Lower case, without accents, blanks at the ends or between words in excess."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(text.lower().split())


def parts(text: str) -> list[str]:
    """The words of a folded text, punctuation left out."""
    return _PART.findall(text)


@cache
def word_lists() -> WordLists:
    """The lists of the package's data file."""
    data = tomllib.loads(files(__package__).joinpath("lexicon", "values.toml").read_text(encoding="utf-8"))

    def words(text: str) -> frozenset[str]:
        """Phrases parted by | or the end of a line; where a line has no |, single words."""
        found: list[str] = []
        for line in text.splitlines():
            found += line.split("|") if "|" in line else line.split()
        return frozenset(fold(word) for word in found if word.strip())

    def endings(text: str) -> tuple[str, ...]:
        return tuple(sorted({fold(word) for word in text.split()}))

    return WordLists(
        {name: words(text) for name, text in data["closed"].items()},
        words(data["titles"]["words"]),
        words(data["particles"]["words"]),
        words(data["given"]["words"]),
        words(data["family"]["words"]),
        endings(data["family"]["endings"]),
        words(data["city"]["words"]),
        endings(data["city"]["endings"]),
        words(data["city"]["openings"]),
        words(data["city"]["joints"]),
        words(data["job"]["words"]),
        endings(data["job"]["endings"]),
    )
