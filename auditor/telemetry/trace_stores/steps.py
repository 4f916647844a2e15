"""A long time in steps, each as long as one answer of a store can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
_FIRST, _LONGEST = 3600 * 10**9, 24 * 3600 * 10**9  # nanoseconds


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """What a store answers for one step; `is_full` when there may be more than it holds."""

    items: tuple[Item, ...]
    is_full: bool


@dataclass(frozen=True, slots=True)
class Step(Generic[Item]):
    """A step of time, in nanoseconds, and its page, which is full only where no shorter step can be asked for."""

    start: int
    end: int
    page: Page[Item]


def steps(start: int, end: int, least: int, limit: int, ask: Callable[[int, int], Page[Item]]) -> Iterator[Step[Item]]:
    """All pages from `start` to `end`. A step whose page is full is asked again in halves, down to `least` nanoseconds;
    where pages have room for much more than their `limit`, steps grow again."""
    width, at = _FIRST, start
    while at < end:
        until = min(at + width, end)
        page = ask(at, until)
        if page.is_full and until - at > least:
            width = max((until - at) // 2, least)
            continue
        yield Step(at, until, page)
        at = until
        if len(page.items) * 4 < limit:
            width = min(width * (2 if page.items else 16), _LONGEST)
