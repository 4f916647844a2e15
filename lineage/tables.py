"""The catalog's values: what schemas declare of stores."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column. `type` is as written in the DDL, `line` where it stands in its file (1-based, 0 unknown)."""

    name: str
    type: str | None = None
    comment: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table or view. `name` may be schema-qualified; `database` is what the DDL file says, if it does."""

    name: str
    columns: tuple[Column, ...]
    comment: str | None = None
    database: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A table placed in a store: `declared` is False when only statements told of it."""

    store: str
    name: str
    columns: tuple[Column, ...]
    declared: bool
    comment: str | None = None
    source: str = ""
