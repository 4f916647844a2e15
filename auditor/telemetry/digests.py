"""Statement counters of databases: `pg_stat_statements` and MySQL's statement digests, as a CSV file or live.

A text is masked as soon as it is read: PostgreSQL keeps the literals of statements that it could not normalise.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import InputError
from auditor.schemas.connection import bound, is_database_url, reading, shown_name, system_of
from auditor.telemetry.compression import open_text
from auditor.telemetry.database import without_comments
from auditor.telemetry.redact import mask_name
from lineage.audit import Input
from lineage.counted import CountedStatement
from lineage.model import Gap
from lineage.sql.shape import shape

_TEXT = {"query": "postgresql", "digest_text": "mysql"}
_CALLS, _DATABASE = ("calls", "count_star"), ("datname", "dbname", "database", "schema_name", "dbid")
_LONGEST_CELL = 1 << 24
_HIDDEN = "<insufficient privilege>"
_POSTGRES = "SELECT d.datname, s.* FROM pg_stat_statements s LEFT JOIN pg_database d ON d.oid = s.dbid"
_MYSQL = "SELECT schema_name, digest_text, count_star FROM performance_schema.events_statements_summary_by_digest"

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Digests:
    """Counted statements, where they came from, and what could not be read of them."""

    statements: tuple[CountedStatement, ...] = ()
    inputs: tuple[Input, ...] = ()
    gaps: tuple[Gap, ...] = ()


def read_digests(arguments: Sequence[str]) -> Digests:
    """Read every `[STORE=]PATH_OR_URL`. Raises InputError for what is not there or is no table of counters."""
    parts = [_live(*bound(a)) if is_database_url(bound(a)[1]) else _file(a) for a in arguments]
    return Digests(
        tuple(statement for part in parts for statement in part.statements),
        tuple(input_ for part in parts for input_ in part.inputs),
        tuple(gap for part in parts for gap in part.gaps),
    )


def _file(argument: str) -> Digests:
    store, separator, path = argument.partition("=")
    if not separator or Path(argument).exists():
        store, path = "", argument
    if not Path(path).is_file():
        raise InputError(f"{path}: no such file; --statements takes [STORE=] and a CSV file with a header, or a URL")
    data = open_text(Path(path))
    name, digest = Path(path).name, hashlib.sha256(data).hexdigest()
    csv.field_size_limit(_LONGEST_CELL)
    text = io.StringIO(data.decode("utf-8", errors="replace").removeprefix("\ufeff").replace("\0", " "), newline="")
    rows = csv.DictReader(text)
    try:
        header = [str(column).strip().lower() for column in rows.fieldnames or ()]
    except csv.Error:
        header = []
    if not set(header) & set(_TEXT) or not set(header) & set(_CALLS):
        raise InputError(
            f"{path}: no counters: its first line should name columns query and calls, or digest_text and count_star"
        )
    rows.fieldnames = header
    return _read(_cells(rows), name, digest, store or None)


def _cells(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows of a CSV file; one that is no CSV any more is an empty row, and counted as such."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield {}


def _live(store: str | None, url: str) -> Digests:
    is_postgres = system_of(url) == "postgresql"
    if system_of(url) == "sqlite":
        raise InputError(f"{shown_name(url)}: SQLite counts no statements")
    with reading(url) as connection:
        found = connection.exec_driver_sql(_POSTGRES if is_postgres else _MYSQL)
        names = [str(name).lower() for name in found.keys()]  # noqa: SIM118 (not a dictionary)
        rows = [dict(zip(names, row, strict=True)) for row in found]
    digest = hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
    return _read(rows, shown_name(url), digest, store)


def _read(rows: Iterable[Row], name: str, digest: str, store: str | None) -> Digests:
    statements: list[CountedStatement] = []
    bad, hidden, number = [], 0, 0
    for number, row in enumerate(rows, start=1):
        column = next((column for column in _TEXT if column in row), None)
        calls = _whole(next((row[key] for key in _CALLS if key in row), None))
        if column is None or calls is None:
            bad.append(number)
            continue
        text = row[column]
        if not isinstance(text, str) or not text.strip() or text == _HIDDEN:
            hidden += calls
            continue
        found = shape(without_comments(text)[0], _TEXT[column])
        database = next((str(row[key]) for key in _DATABASE if row.get(key)), None)
        inner = str(row.get("toplevel", "t")).lower() in ("f", "false", "0")
        masked = mask_name(database) if database else None
        statements.append(CountedStatement(_TEXT[column], masked, found.id, found.text, calls, store, inner))
    gaps = []
    if bad:
        hides = "rows of statement counters that could not be read"
        where = f"{name} row {', '.join(map(str, bad[:3]))}"
        gaps.append(Gap("bad_record", where, len(bad), round(len(bad) / number, 4), hides))
    if hidden:
        total = hidden + sum(each.calls for each in statements)
        hides = "statement calls whose text the database does not show to this user, or no longer keeps"
        gaps.append(Gap("hidden_statement", name, hidden, round(hidden / total, 4), hides))
    return Digests(tuple(statements), (Input(name, digest, "statement counters", 0),), tuple(gaps))


def _whole(value: object) -> int | None:
    try:
        number = int(str(value))
    except ValueError:
        return None
    return number if number >= 0 else None
