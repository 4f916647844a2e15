"""A list of records in an order of its own, with tables of which record has what, so that no filter reads them all."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

Record = TypeVar("Record")
Key = tuple[Any, ...]
Values = Callable[[Record], Iterable[str]]


class Listing(Generic[Record]):
    """`records` sorted by `key`; `by` names the filters, each with the values for which a record is found.

    Records of equal keys are numbered, so that every record has a key of its own: `keys`, in the same order.
    """

    def __init__(
        self,
        records: Iterable[Record],
        key: Callable[[Record], Key],
        by: Mapping[str, Values[Record]] | None = None,
    ) -> None:
        self.records = sorted(records, key=key)
        self._key = key
        self._by = by or {}

    def prepare(self) -> None:
        """Make all tables now."""
        assert len(self.keys) == len(self.records)
        assert self._places.keys() == self._by.keys()

    @cached_property
    def keys(self) -> Sequence[Key]:
        """The key of each record, in order, no two alike."""
        seen: dict[Key, int] = defaultdict(int)
        keys = []
        for record in self.records:
            key = self._key(record)
            keys.append((*key, seen[key]))
            seen[key] += 1
        return keys

    @cached_property
    def _places(self) -> Mapping[str, Mapping[str, frozenset[int]]]:
        return {name: _places(self.records, values) for name, values in self._by.items()}

    def select(self, filters: Mapping[str, str]) -> Sequence[int]:
        """The places of the records that have all of these values, in order."""
        if not filters:
            return range(len(self.records))
        found = [self._places[name].get(value, frozenset()) for name, value in filters.items()]
        return sorted(frozenset.intersection(*sorted(found, key=len)))

    def after(self, key: Key) -> int:
        """The place of the first record behind `key`. Raises TypeError when this is no key of such a list."""
        return bisect_right(self.keys, key)


def _places(records: Sequence[Record], values: Values[Record]) -> Mapping[str, frozenset[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for value in values(record):
            places[value].append(place)
    return {value: frozenset(found) for value, found in places.items()}
