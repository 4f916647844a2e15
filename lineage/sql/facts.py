"""What is known of one statement: tables, columns with roles, and where each output comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lineage.model import Role
from lineage.sql.relations import Kept

Parse = Literal["full", "partial", "none", "not_sql"]


@dataclass(frozen=True, slots=True, order=True)
class ColumnUse:
    """A column in a role. `table` is None where it could not be told; `column` is "*" for all columns of a table
    whose columns are unknown. `certain` is False where the table was guessed or the text parsed only in part."""

    table: str | None
    column: str
    role: Role
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Output:
    """One result column (`target` None) or one written column (`target` is `table.column`).

    `sources` are `table.column`, sorted; `direct` says that the single source arrives unchanged. `kept` tells what is
    left of each source in the value: "whole", "part", "mask" (a digest or cipher) or "nothing" (counted, compared).
    """

    name: str | None
    target: str | None
    direct: bool
    sources: tuple[str, ...]
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """Everything read from one text. `read` and `written` are table names as written, without quotes, sorted.

    `catalog_only`: touches system catalogs or the session alone (SHOW, SET, SAVEPOINT, `SELECT version()`).
    `temporary`: of the written tables, those that are the session's own and end with it.
    """

    parse: Parse
    read: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    columns: tuple[ColumnUse, ...] = ()
    outputs: tuple[Output, ...] = ()
    catalog_only: bool = False
    temporary: tuple[str, ...] = ()
