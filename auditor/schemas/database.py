"""A live database to what it declares: tables, views, columns, types and comments, as a DDL file would.

No row is read unless a sample is asked for; see `database_sample`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import InputError
from auditor.schemas.connection import bound, is_database_url, reading, shown_name
from auditor.schemas.database_sample import sampled
from classifiers.model import Label
from classifiers.tools import USUAL, Tools
from lineage.audit import Input
from lineage.catalog import Declared
from lineage.model import Gap
from lineage.names import short_name
from lineage.sql import Output
from lineage.sql.ddl import parse_ddl
from lineage.tables import Column, Table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Inspector
    from sqlalchemy.types import TypeEngine

_OWN_SCHEMAS = frozenset("information_schema performance_schema mysql sys pg_catalog pg_toast".split())
_CHARSET = re.compile(r" (?:CHARACTER SET|COLLATE) \S+")
_DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}

Sampled = Mapping[tuple[str, str], tuple[Label, ...]]  # (table, column), lower case -> labels


@dataclass(frozen=True, slots=True)
class Databases:
    """What live databases declare. `sampled` are the labels of columns whose values were judged."""

    declared: tuple[Declared, ...] = ()
    inputs: tuple[Input, ...] = ()
    gaps: tuple[Gap, ...] = ()
    views: tuple[tuple[str, Output], ...] = ()
    sampled: Sampled = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """A table or view as the database describes it. `definition` is a view's query."""

    schema: str | None
    name: str
    table: Table
    definition: str | None
    is_view: bool


def divide(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """`[STORE=]PATH_OR_URL` arguments as those of databases and the others.

    Raises InputError for the URL of a system that cannot be read, since nobody else may see its password.
    """
    for argument in arguments:
        if "@" in argument.partition("://")[2] and not is_database_url(bound(argument)[1]):
            raise InputError(
                "a URL with a password, of no database that can be read: postgresql, mysql, mariadb, sqlite"
            )
    live = [argument for argument in arguments if is_database_url(bound(argument)[1])]
    return live, [argument for argument in arguments if argument not in live]


def read_databases(arguments: Sequence[str], sample: int = 0, tools: Tools = USUAL) -> Databases:
    """Read every `[STORE=]URL`. `sample`: how many rows of each table may be looked at, in memory; 0 for none.

    Raises InputError, which never tells user or password, for a database that cannot be read.
    """
    parts = [read_database(url, store, sample, tools) for store, url in map(bound, arguments)]
    return Databases(
        tuple(declared for part in parts for declared in part.declared),
        tuple(input_ for part in parts for input_ in part.inputs),
        tuple(gap for part in parts for gap in part.gaps),
        tuple(view for part in parts for view in part.views),
        {place: labels for part in parts for place, labels in part.sampled.items()},
    )


def read_database(url: str, store: str | None = None, sample: int = 0, tools: Tools = USUAL) -> Databases:
    """What one database declares; `store` binds it to that store. Raises InputError."""
    name = shown_name(url)
    gaps: list[Gap] = []
    labels: dict[tuple[str, str], tuple[Label, ...]] = {}
    with reading(url) as connection:
        found = list(_tables(connection, name))
        views = _views(found, connection.dialect.name, name)
        for each in found if sample else ():
            if not each.is_view:
                judged = sampled(connection, each.schema, each.name, each.table, sample, tools)
                if judged is None:
                    hides = "tables whose rows could not be sampled: what their values show is unknown"
                    gaps.append(Gap("unread_sample", f"{name} {each.table.name}", 1, round(1 / len(found), 4), hides))
                else:
                    short = short_name(each.table.name).lower()
                    labels |= {(short, column.lower()): said for column, said in judged.items()}
    if not found:
        hides = "a database in which no table was found, or none that this user may see"
        gaps.append(Gap("unread_ddl", name, 1, 1.0, hides))
    digest = hashlib.sha256(repr([each.table for each in found]).encode()).hexdigest()
    kind = f"live database, {sample} rows of each table sampled" if sample else "live database"
    return Databases(
        tuple(Declared(each.table, store) for each in found),
        (Input(name, digest, kind, 0),),
        tuple(gaps),
        views,
        labels,
    )


def _tables(connection: Connection, source: str) -> Iterator[_Found]:
    """The tables and views of every schema that is not the system's own, sorted."""
    from sqlalchemy import inspect
    from sqlalchemy.engine.reflection import ObjectKind

    inspector = inspect(connection)
    for schema in _schemas(inspector, connection):
        comments = _comments(inspector, schema)
        columns = inspector.get_multi_columns(schema=schema, kind=ObjectKind.ANY)
        views = {*inspector.get_view_names(schema=schema), *_materialized(inspector, schema)}
        for (_, name), described in sorted(columns.items(), key=lambda item: item[0][1]):
            is_view = name in views
            table = Table(
                f"{schema}.{name}" if schema and connection.dialect.name == "postgresql" else name,
                tuple(Column(c["name"], _type(c["type"], connection), c.get("comment")) for c in described),
                comments.get(name),
                _database(connection, schema),
                source,
            )
            definition = _definition(inspector, schema, name) if is_view else None
            yield _Found(schema, name, table, definition, is_view)


def _schemas(inspector: Inspector, connection: Connection) -> list[str | None]:
    """PostgreSQL: every schema of this database. MySQL: this database, or all when the URL names none."""
    system = connection.dialect.name
    if system == "sqlite" or (system != "postgresql" and connection.engine.url.database):
        return [None]
    return [name for name in sorted(inspector.get_schema_names()) if name.lower() not in _OWN_SCHEMAS]


def _database(connection: Connection, schema: str | None) -> str | None:
    if connection.dialect.name == "sqlite":
        row = connection.exec_driver_sql("PRAGMA database_list").first()
        return Path(row[2]).name if row else None
    if connection.dialect.name == "postgresql":
        return connection.engine.url.database or str(connection.exec_driver_sql("SELECT current_database()").scalar())
    return schema or connection.engine.url.database


def _comments(inspector: Inspector, schema: str | None) -> dict[str, str | None]:
    from sqlalchemy.engine.reflection import ObjectKind

    try:
        found = inspector.get_multi_table_comment(schema=schema, kind=ObjectKind.ANY)
    except NotImplementedError:  # SQLite has none
        return {}
    return {name: said["text"] for (_, name), said in found.items()}


def _materialized(inspector: Inspector, schema: str | None) -> list[str]:
    try:
        return inspector.get_materialized_view_names(schema=schema)
    except NotImplementedError:
        return []


def _definition(inspector: Inspector, schema: str | None, name: str) -> str | None:
    try:
        return inspector.get_view_definition(name, schema=schema)
    except Exception:  # a view that this user may see and not read: its columns are known all the same
        return None


def _type(type_: TypeEngine[object], connection: Connection) -> str | None:
    """The type as written in that dialect; members of an ENUM are values and left out."""
    try:
        words = str(type_.compile(dialect=connection.dialect))
    except Exception:  # one that the library does not know
        return None
    words = _CHARSET.sub("", words)
    return (words.partition("(")[0].strip() if "'" in words else words) or None


def _views(found: Sequence[_Found], system: str, source: str) -> tuple[tuple[str, Output], ...]:
    """What the columns of views are made from: the definitions read as DDL, below the tables that they speak of."""
    quote = "`" if _DIALECTS[system] == "mysql" else '"'

    def quoted(name: str) -> str:
        return quote + name.replace(quote, quote * 2) + quote

    texts = []
    for each in found:
        name = ".".join(map(quoted, filter(None, (each.schema, each.name))))
        if not each.is_view and each.table.columns:
            columns = ", ".join(f"{quoted(column.name)} text" for column in each.table.columns)
            texts.append(f"CREATE TABLE {name} ({columns})")
    for each in found:
        if each.definition:
            name = ".".join(map(quoted, filter(None, (each.schema, each.name))))
            query = each.definition.strip().rstrip(";")
            is_whole = query[:6].upper() == "CREATE"
            texts.append(query if is_whole else f"CREATE VIEW {name} AS {query}")
    fills = parse_ddl(";\n".join(texts) + ";", source, _DIALECTS[system]).fills
    if system == "postgresql":
        return tuple((source, output) for output in fills)
    prefix = re.compile(rf"^(?:{'|'.join(re.escape(f'{each.schema}.') for each in found)})")  # a database, not a schema
    return tuple(
        (
            source,
            replace(
                output,
                target=prefix.sub("", output.target) if output.target else None,
                sources=tuple(prefix.sub("", name) for name in output.sources),
            ),
        )
        for output in fills
    )
