"""How much of each kind a page shows before it counts the rest: a page of 200 services stays below 2 MB.

Whatever is left out is counted where it would stand; audit.json and the CSVs are complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

CARDS: Final = 40  # exposures to decide on, each with its evidence
DECIDED: Final = 200  # exposures already decided, a row each
FLOWS: Final = 400
FIELDS: Final = 200  # over all categories
CELLS: Final = 2000  # of the matrix
COLUMNS: Final = 9  # categories beside each other
ROWS: Final = 120  # of any other table: gaps, over-fetch, unread fields, leaks
CALLS: Final = 500  # over all services, in each direction
NAMES: Final = 12  # in one line
PICTURES: Final = 6  # small diagrams
PICTURE_PARTIES, PICTURE_LINES = 24, 28  # of each of them
CARD_PARTIES, CARD_LINES = 50, 60  # of the diagram of cardholder data
LOADS: Final = 40  # edges that one request sets off more than once
ROOTS: Final = 60  # operations that requests from outside start at

T = TypeVar("T")


def first(items: Sequence[T], most: int) -> tuple[tuple[T, ...], int]:
    """The first `most` items, and how many are left out."""
    return tuple(items[:most]), max(len(items) - most, 0)


def names(texts: Sequence[str], most: int = NAMES) -> str:
    """`a, b, c and 4 more`."""
    shown, left = first(texts, most)
    return ", ".join(shown) + (f" and {left:,} more" if left else "")
