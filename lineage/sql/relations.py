"""What a FROM item offers: columns with their origins. Also the tables known from DDL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

STAR = "*"
# What is left of a stored value: all of it, a part, a digest or cipher of it, or nothing (a count, a comparison).
Kept = Literal["whole", "part", "mask", "nothing"]
KEPT: tuple[Kept, ...] = ("whole", "part", "mask", "nothing")


@dataclass(frozen=True, slots=True)
class Origin:
    """The stored column behind a value, and what is left of it. `table` is None where several tables could hold it."""

    table: str | None
    column: str
    certain: bool = True
    kept: Kept = "whole"


@dataclass(frozen=True, slots=True)
class Item:
    """A column of a relation or an output of a query; its name is `*` for the unknown columns of a table."""

    name: str | None
    origins: frozenset[Origin] = frozenset()
    direct: bool = False


NOTHING: Item = Item(None)


@dataclass(frozen=True, slots=True)
class Relation:
    """A named row source. `open_tables` may hold columns that nobody declared; `base` is set for a stored table.

    `other` stands for any column not listed, for row sources made by functions. `closed`: only a qualified name may
    mean one of those.
    """

    alias: str
    items: tuple[Item, ...] = ()
    open_tables: tuple[str, ...] = ()
    base: str | None = None
    other: Item | None = None
    closed: bool = False

    def declared(self, name: str) -> Item | None:
        """The column of that name, when the relation surely has it."""
        folded = name.lower()
        return next((item for item in self.items if item.name and item.name.lower() == folded), None)

    def possible(self, name: str) -> Item | None:
        """The column of that name, when the relation may have it."""
        if len(self.open_tables) == 1:
            return _stored(self.open_tables[0], name)
        if self.open_tables:
            return Item(name, frozenset({Origin(None, name, certain=False)}), direct=True)
        return self.other

    def undeclared(self, name: str) -> Item:
        """A column asked of this relation by name that its DDL does not have: newer than the DDL, or the system's."""
        origins = frozenset({Origin(self.base, name, certain=False)}) if self.base else frozenset()
        return Item(name, origins, direct=True)

    def everything(self) -> tuple[Item, ...]:
        """All columns; a `*` item for each table whose columns are unknown."""
        stars = (Item(STAR, frozenset({Origin(table, STAR)}), direct=True) for table in self.open_tables)
        return (*self.items, *stars)


@lru_cache(maxsize=16384)
def _stored(table: str, name: str) -> Item:
    return Item(name, frozenset({Origin(table, name)}), direct=True)


def derived(alias: str, outputs: Sequence[Item], names: Sequence[str] = ()) -> Relation:
    """The relation made by a query, its columns renamed by the alias's column list, if it has one."""
    stars = [item for item in outputs if item.name == STAR]
    items = [item for item in outputs if item.name != STAR]
    if names and not stars:
        renamed = [replace(item, name=name) for item, name in zip(items, names, strict=False)]
        items = renamed + items[len(renamed) :]
    tables = {origin.table for star in stars for origin in star.origins if origin.table}
    return Relation(alias, tuple(items), tuple(sorted(tables)))


def refilled(relation: Relation, rows: Sequence[Item], columns: Sequence[str]) -> Relation:
    """A relation after rows were added to it: `columns` name the items of a row, else their position does."""
    names = [name.lower() for name in columns] or [(item.name or "").lower() for item in relation.items]
    new = {name: item.origins for name, item in zip(names, rows, strict=False) if item.name != STAR}
    items = tuple(
        replace(item, origins=item.origins | new.get((item.name or "").lower(), frozenset())) for item in relation.items
    )
    stars = {o.table for item in rows if item.name == STAR for o in item.origins if o.table}
    return replace(relation, items=items, open_tables=tuple(sorted({*relation.open_tables, *stars})))


@dataclass(frozen=True, eq=False)
class Tables:
    """Declared tables, found by full or partly qualified name without regard to case."""

    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    _by_last: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for name, columns in self.columns.items():
            folded = name.lower().replace('"', "").replace("`", "")
            self._by_last.setdefault(folded.rpartition(".")[2], []).append((folded, tuple(columns)))

    def columns_of(self, table: str) -> tuple[str, ...]:
        """Columns in DDL order; empty when the table is unknown or its name fits tables that differ."""
        folded = table.lower()
        named = self._by_last.get(folded.rpartition(".")[2], [])
        exact = [columns for name, columns in named if name == folded]
        near = [columns for name, columns in named if name.endswith("." + folded) or folded.endswith("." + name)]
        found = exact or near
        return found[0] if found and all(columns == found[0] for columns in found) else ()

    def may_hold(self, table: str) -> bool:
        """Whether a table of that name can exist, for all that is declared."""
        return not self.columns or table.lower().rpartition(".")[2] in self._by_last

    def may_be_half_a_table(self, name: str) -> bool:
        """Whether no declared table has that name, but one begins with it."""
        return _begins(name.lower(), self._by_last)

    def may_be_half_a_column(self, name: str) -> bool:
        """Whether no declared column has that name, but one begins with it."""
        return _begins(name.lower(), {column.lower() for columns in self.columns.values() for column in columns})

    def relation(self, table: str, alias: str) -> Relation:
        """A stored table as a row source."""
        columns = self.columns_of(table)
        if not columns:
            return Relation(alias, open_tables=(table,), base=table)
        items = tuple(Item(column, frozenset({Origin(table, column)}), direct=True) for column in columns)
        return Relation(alias, items, base=table)


def _begins(name: str, known: Collection[str]) -> bool:
    return name not in known and any(each.startswith(name) for each in known)
