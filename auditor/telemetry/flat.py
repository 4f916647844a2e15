"""Spans in columns, whatever the format: what every decoder of columns makes, and all that is made of them needs.

Most of what spans say is said again and again. So each column holds its distinct things once, and for each row the
place among them; attributes are key-value pairs of which each distinct one is there once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from auditor.telemetry.columns import Column, Flags, Ints
from auditor.telemetry.raw import Attributes, Value

Thing = TypeVar("Thing")
Found = TypeVar("Found")
Links = tuple[tuple[str, str], ...]


class Undecoded(ValueError):
    """This input is not read in columns: something in it is damaged, or is not written as usual.

    `records` are the places of the records that it lies in; None where that is not known.
    """

    def __init__(self, records: Iterable[int] | None = None) -> None:
        super().__init__()
        self.records = None if records is None else frozenset(records)


@dataclass(frozen=True, slots=True)
class Ids:
    """`words[i, j]` are 64 bits of id i, the highest first; nothing where not `there`."""

    words: Ints
    there: Flags

    def take(self, rows: Ints) -> Ids:
        """The ids of these rows."""
        return Ids(self.words[rows], self.there[rows])


@dataclass(frozen=True, slots=True)
class Coded(Generic[Thing]):
    """A column of few distinct things: `things[codes[row]]` is that of a row. Things may occur twice."""

    things: Sequence[Thing]
    codes: Ints

    def __getitem__(self, row: int) -> Thing:
        return self.things[int(self.codes[row])]

    def to_list(self) -> list[Thing]:
        """The thing of each row."""
        things = self.things
        return [things[code] for code in self.codes.tolist()]

    def map(self, function: Callable[[Thing], Found]) -> Coded[Found]:
        """What the function makes of each thing."""
        return Coded([function(thing) for thing in self.things], self.codes)

    def take(self, rows: Ints) -> Coded[Thing]:
        """The column of these rows."""
        return Coded(self.things, self.codes[rows])


class Pairs(Protocol):
    """The distinct key-value pairs of a batch."""

    @property
    def names(self) -> Sequence[str]:
        """The distinct keys."""

    @property
    def keys(self) -> Ints:
        """For each pair the place of its key in `names`; -1 for what is no pair."""

    def small(self) -> Flags:
        """For each pair whether its value is, for sure, a number under `effects.SMALL` or true or false."""

    def texts(self) -> Column:
        """The values of all pairs that are texts; null for the others. Raises Undecoded."""

    def values(self, pairs: Ints) -> list[Value]:
        """The values of these pairs. Raises Undecoded when one cannot be read."""


@dataclass(frozen=True, slots=True)
class Owned:
    """The pairs of owners: owner `i` has `pairs` at `codes[begins[i]:begins[i + 1]]`; of equal keys the last counts."""

    begins: Ints
    codes: Ints
    pairs: Pairs

    def take(self, owners: Ints) -> Owned:
        """The pairs of these owners."""
        begins, codes = _taken(self.begins, owners)
        return Owned(begins, self.codes[codes], self.pairs)

    def of(self, owner: int) -> dict[str, Value]:
        """The attributes of an owner."""
        codes = self.codes[self.begins[owner] : self.begins[owner + 1]]
        codes = codes[self.pairs.keys[codes] >= 0]
        names = (self.pairs.names[key] for key in self.pairs.keys[codes].tolist())
        return dict(zip(names, self.pairs.values(codes), strict=True))


@dataclass(frozen=True, slots=True)
class Events:
    """The events of all spans; `begins[i]` to `begins[i + 1]` are those of span `i`."""

    begins: Ints
    name: Coded[str]
    attributes: Owned | None

    def take(self, spans: Ints) -> Events:
        """The events of these spans."""
        begins, events = _taken(self.begins, spans)
        return Events(begins, self.name.take(events), self.attributes and self.attributes.take(events))


@dataclass(frozen=True, slots=True)
class Remote:
    """The other side of a span, where the format itself has a place for it."""

    name: str | None = None
    host: str | None = None
    port: int | None = None


NOBODY = Remote()


@dataclass(frozen=True, slots=True)
class Flat:
    """The spans of a batch, as in `raw.RawSpan`. `record` says from which record of the input each comes.

    Times are nanoseconds. `resource` has something hashable that
    `read_resource` makes attributes of.
    """

    record: Ints
    trace: Ids
    own: Ids
    parent: Ids
    start_ns: Ints
    end_ns: Ints
    resource: Coded[Any]
    read_resource: Callable[[Any], Attributes]
    name: Coded[str]
    kind: Coded[str]
    scope: Coded[str | None]
    remote_parent: Coded[bool | None]
    error: Coded[bool]
    status_message: Coded[str]
    weight: Coded[float | None]
    service: Coded[str | None]
    remote: Coded[Remote]
    attributes: Owned
    events: Events | None
    links: Mapping[int, Links]

    def __len__(self) -> int:
        return len(self.record)

    def take(self, rows: Ints) -> Flat:
        """These spans, without their links."""
        columns = {
            field.name: getattr(self, field.name).take(rows)
            for field in fields(self)
            if isinstance(getattr(self, field.name), (np.ndarray, Ids, Coded, Owned, Events))
        }
        return replace(self, **columns, links={})


def texts_among(values: Iterable[Value]) -> Column:
    """Values as a column of texts; null for those that are none."""
    return pa.array((value if isinstance(value, str) else None for value in values), pa.string())


def same(thing: Thing, count: int) -> Coded[Thing]:
    """A column that says the same in each row."""
    return Coded((thing,), np.zeros(count, np.int64))


def coded(column: Column, read: Callable[[list[Any]], Sequence[Thing]]) -> Coded[Thing]:
    """A column of Arrow as what `read` makes of its distinct values, None among them."""
    encoded = column.dictionary_encode("encode")
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Coded(read(encoded.dictionary.to_pylist()), codes)


def begins_of(lengths: Ints) -> Ints:
    """Where each list begins among the items of all, and behind the last where they end."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))


def _taken(begins: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """(where the items of these rows begin when only they are there, which items they are)."""
    lengths = np.diff(begins)[rows]
    now = begins_of(lengths)
    return now, np.arange(now[-1]) + np.repeat(begins[rows] - now[:-1], lengths)
