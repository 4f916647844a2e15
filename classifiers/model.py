"""The classifier's words: a field goes in, labels come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Facet = Literal["personal", "identifier", "credential", "content"]
FACETS: tuple[Facet, ...] = ("personal", "identifier", "credential", "content")


@dataclass(frozen=True, slots=True)
class Field:
    """A column, a nested payload field or a key seen in a URL, header or message: what a classifier may look at.

    `name` may be a path (`billing.card.number`); `parent` is the table, message or object it belongs to;
    `siblings` are the other names of that parent. `type` is the declared type as written, any dialect.
    """

    name: str
    parent: str | None = None
    type: str | None = None
    comment: str | None = None
    siblings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A fideslang data category on a field, and why.

    `category` is a dotted fideslang key; `confidence` lies in 0..1; `evidence` are sentences that name rules, words
    and shares, never a value.
    """

    category: str
    facet: Facet
    confidence: float
    evidence: tuple[str, ...] = ()
