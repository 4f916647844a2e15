"""The taxonomy: what a data category is called, how sensitive it is and which rules watch over it.

Keys are those of fideslang, the open vocabulary of data categories. Tiers and groups are a derivation of our own
(see the head of taxonomy.toml): a reading aid, never legal advice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

Sensitivity = Literal["critical", "high", "moderate", "low", "none"]
SENSITIVITIES: tuple[Sensitivity, ...] = ("critical", "high", "moderate", "low", "none")


@dataclass(frozen=True, slots=True, order=True)
class Category:
    """A data category: its dotted key, a title for people, its tier and the regulatory groups it falls into."""

    key: str
    title: str
    sensitivity: Sensitivity
    groups: tuple[str, ...]


def _load() -> Mapping[str, Category]:
    text = files(__package__).joinpath("taxonomy.toml").read_text(encoding="utf-8")
    found: dict[str, Category] = {}
    for key, row in tomllib.loads(text)["category"].items():
        if row["tier"] not in SENSITIVITIES:
            raise ValueError(f"taxonomy.toml: {key} has no known tier")
        tier = cast(Sensitivity, row["tier"])
        found[key] = Category(key, row["title"], tier, tuple(row.get("groups", ())))
    return MappingProxyType(dict(sorted(found.items())))


CATEGORIES: Mapping[str, Category] = _load()
_UNKNOWN = Category("", "Unknown data", "moderate", ())
_NO_READINGS: Mapping[str, Category] = MappingProxyType({})
# A team's own readings hold for one audit and its reports, which ask for titles and tiers in many places: they are set
# for the course of that work rather than handed through all of it.
_readings: ContextVar[Mapping[str, Category]] = ContextVar("readings", default=_NO_READINGS)


@contextmanager
def read_as(readings: Iterable[Category]) -> Iterator[None]:
    """Within it, these categories have the title, tier and groups given here."""
    token = _readings.set(MappingProxyType({reading.key: reading for reading in readings}))
    try:
        yield
    finally:
        _readings.reset(token)


def nearest(category: str) -> Category:
    """The category itself, or its nearest known ancestor; a category of tier moderate when there is none."""
    readings = _readings.get()
    key = category
    while key:
        if key in readings:
            return readings[key]
        if key in CATEGORIES:
            return CATEGORIES[key]
        key = key.rpartition(".")[0]
    return _UNKNOWN


def sensitivity(category: str) -> str:
    """The tier: critical, high, moderate, low or none."""
    return nearest(category).sensitivity


def title(category: str) -> str:
    """A name for people; an unknown key gets its nearest known parent's."""
    found = nearest(category)
    return found.title if found.key else category


def groups(category: str) -> tuple[str, ...]:
    """The regulatory groups, such as `gdpr_special_category`, sorted."""
    return nearest(category).groups


def is_within(category: str, ancestor: str) -> bool:
    """Whether `category` is `ancestor` or lies below it: `user.contact.email` is within `user.contact`."""
    return category == ancestor or category.startswith(ancestor + ".")
