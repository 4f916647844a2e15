"""A statement's text in, its facts out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlglot import exp

from lineage.sql.cut import is_cut_off, mask_half_name
from lineage.sql.definitions import define
from lineage.sql.dialects import PARSED_AS, dialect_of
from lineage.sql.facts import Parse, StatementFacts
from lineage.sql.lexer import flavour_of
from lineage.sql.normalise import MAX_PARSED, TooComplexError, statements
from lineage.sql.parse import FAILURES, parse
from lineage.sql.query import Reader
from lineage.sql.record import Record
from lineage.sql.relations import Tables
from lineage.sql.words import tables_by_words

# Statements about the session, a transaction, rights or the server: they touch no table's data.
_SESSION = re.compile(
    r"(?:SHOW|SET|RESET|SAVEPOINT|RELEASE|ROLLBACK|COMMIT|BEGIN|START|END|ABORT|USE|LISTEN|UNLISTEN|NOTIFY|FETCH|MOVE|PRAGMA|"
    r"DISCARD|RETURN(?!\s+(?:QUERY|SELECT))|DECLARE(?![\s\S]*\bSELECT\b)|"
    r"DEALLOCATE|CLOSE|DESCRIBE|DESC|VACUUM|ANALYZE|CHECKPOINT|LOCK|UNLOCK|GRANT|REVOKE|COMMENT|KILL|FLUSH|OPTIMIZE|"
    r"REINDEX|CLUSTER|XA|CALL(?=\s+NEXTVAL\b)|ATTACH|DETACH|CREATE\s+(?:USER|ROLE|DATABASE|SCHEMA|EXTENSION|KEYSPACE)|"
    r"(?:ALTER|DROP)\s+(?:USER|ROLE|DATABASE|SCHEMA|EXTENSION|SYSTEM|KEYSPACE)|PREPARE\s+TRANSACTION)\b(?!\s*\()",
    re.IGNORECASE,
)
_ROWS = (exp.Query, exp.Values, exp.Table, exp.Paren, exp.Insert, exp.Update, exp.Delete, exp.Merge)
_BRACKETED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+\[[A-Za-z_]", re.IGNORECASE)  # no other dialect allows that
Request = tuple[str, str | None, Mapping[str, Sequence[str]] | None, tuple[str, ...]]  # the arguments of `analyse`
_NO_TABLES = Tables()
_known_schemas: dict[int, tuple[Mapping[str, Sequence[str]], Tables]] = {}


def analyse(
    sql: str,
    dialect: str | None = None,
    schema: Mapping[str, Sequence[str]] | None = None,
    before: tuple[str, ...] = (),
) -> StatementFacts:
    """Tables, columns with roles, and outputs of a text of one or several statements. Never raises.

    `dialect` is what `dialect_of` returns; None: judge by the text. `schema` maps table names (qualified or not) to
    columns in order; it is remembered by identity, so it must not change between calls. `before`: texts that the same
    session ran earlier, for the temporary tables that they made. What cannot be parsed gives parse "none"; what is not
    SQL gives "not_sql".
    """
    chosen = dialect_of(None, sql) if dialect is None else dialect
    if chosen is None:
        return StatementFacts("not_sql")
    return _analyse(sql, chosen, _tables(schema), before)


def _tables(schema: Mapping[str, Sequence[str]] | None) -> Tables:
    if not schema:
        return _NO_TABLES
    known = _known_schemas.get(id(schema))
    if known is None:
        while len(_known_schemas) >= 8:
            _known_schemas.pop(next(iter(_known_schemas)))
        known = _known_schemas[id(schema)] = (schema, Tables(schema))
    return known[1]


@lru_cache(maxsize=8192)
def _analyse(sql: str, dialect: str, tables: Tables, before: tuple[str, ...] = ()) -> StatementFacts:
    record = Record()
    for text in before:
        with contextlib.suppress(TooComplexError, RecursionError):
            _read_all(text, dialect, tables, record)
    record.goes_on()
    try:
        levels = _read_all(sql, dialect, tables, record)
    except (TooComplexError, RecursionError):
        return StatementFacts("none")
    parsed: Parse = "full"
    if levels and all(level == "none" for level in levels):
        parsed = "none"
    elif record.guessed or any(level != "full" for level in levels):
        parsed = "partial"
    return record.facts(parsed, session_only=not levels)


def _read_all(sql: str, dialect: str, tables: Tables, record: Record) -> list[Parse]:
    """Reads the statements of a text into the record, and tells of each how well."""
    dialect = "tsql" if _BRACKETED.search(sql) else dialect
    texts = statements(sql, dialect)
    is_cut = bool(texts) and is_cut_off(sql, dialect)
    levels = [_read(text, dialect, tables, record, is_cut=is_cut and text is texts[-1]) for text in texts]
    record.guessed |= is_cut and levels[-1] is not None
    return [level for level in levels if level is not None]


def _read(text: str, dialect: str, tables: Tables, record: Record, *, is_cut: bool) -> Parse | None:
    """Reads one statement into the record; `is_cut`: its end is missing. None: a session command."""
    if _SESSION.match(text):
        return None
    if text.endswith("."):  # the name behind it is missing
        text += "`?`" if flavour_of(dialect).double == "text" else '"?"'
        record.guessed = True
    tree, level = parse(text, dialect) if len(text) <= MAX_PARSED else (None, "none")
    reader = Reader(PARSED_AS.get(dialect, dialect), tables, record, damaged=is_cut or level != "full")
    try:
        if tree is not None and mask_half_name(tree, text, tables, dialect):
            record.guessed = True
        understood = tree is not None and not _is_stub(tree) and _walk(tree, reader)
    except FAILURES:
        understood = False
    if understood:
        return level
    return "partial" if tables_by_words(text, record) else "none"


def _is_stub(tree: exp.Expr) -> bool:
    """What is left of an INSERT that broke off before its rows: its table may be any word."""
    rowless = isinstance(tree, exp.Insert) and tree.expression is None and not tree.args.get("default")
    return rowless and not isinstance(tree.this, exp.Schema)


def _walk(tree: exp.Expr, reader: Reader) -> bool:
    if isinstance(tree, _ROWS):
        reader.record.yields(reader.query(tree, None))
        return True
    return define(reader, tree)
