"""A page of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from reports.site.links import with_query

T = TypeVar("T")
U = TypeVar("U")
ROWS = 50


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """The rows of page `number` (from 1) of `pages`; the addresses of the pages before and after, where there are."""

    rows: tuple[T, ...]
    total: int
    number: int
    pages: int
    before: str | None
    after: str | None

    def of(self, rows: tuple[U, ...]) -> Paged[U]:
        """The same page with its rows told in another way."""
        return Paged(rows, self.total, self.number, self.pages, self.before, self.after)


def paged(items: Sequence[T], number: int, address: str, **filters: str) -> Paged[T]:
    """Page `number` of the items, the last where there are fewer. `address` and `filters` lead to the others."""
    pages = max(-(-len(items) // ROWS), 1)
    number = min(max(number, 1), pages)

    def at(other: int) -> str | None:
        return with_query(address, **filters, page=other if other > 1 else None) if 1 <= other <= pages else None

    rows = tuple(items[(number - 1) * ROWS : number * ROWS])
    return Paged(rows, len(items), number, pages, at(number - 1), at(number + 1))
