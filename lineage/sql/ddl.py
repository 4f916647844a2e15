"""DDL files and dumps of any dialect in, declared tables and views out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lineage.sql import tables_ddl
from lineage.sql.facts import Output
from lineage.sql.script import Statement, statements
from lineage.sql.tables_ddl import Draft
from lineage.tables import Table

_HINTS = (
    (
        "tsql",
        re.compile(r"^\s*GO\s*$|\[dbo\]\.|\bNVARCHAR\s*\(\s*MAX\b|\bIDENTITY\s*\(\s*1", re.IGNORECASE | re.MULTILINE),
    ),
    (
        "mysql",
        re.compile(r"\bENGINE\s*=|\bAUTO_INCREMENT\b|^-- MySQL dump|^-- MariaDB dump|`", re.IGNORECASE | re.MULTILINE),
    ),
    ("oracle", re.compile(r"\bVARCHAR2\b|\bNUMBER\s*\(", re.IGNORECASE)),
    (
        "postgres",
        re.compile(
            r"PostgreSQL database dump|::|\b(?:BIG)?SERIAL\b|\bOWNER TO\b|\$\$|\bJSONB\b|\bTIMESTAMPTZ\b|"
            r"\bCHARACTER VARYING\b|^\\connect",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    ("cql", re.compile(r"\bCREATE KEYSPACE\b|\bCLUSTERING ORDER BY\b|\bfrozen\s*<", re.IGNORECASE)),
    ("sqlite", re.compile(r"\bAUTOINCREMENT\b|\bPRAGMA\b", re.IGNORECASE)),
)
_TABLE = re.compile(r"CREATE\s+(?:(?!INDEX|FUNCTION|TYPE|SEQUENCE)[\w@=`.]+\s+){0,8}?TABLE\b", re.IGNORECASE)
_VIEW = re.compile(
    r"CREATE\s+(?:(?!INDEX|FUNCTION|TYPE|TABLE)[\w@=`.%'\"]+\s+){0,8}?VIEW\b|CREATE\s+ALGORITHM\b.*?\bVIEW\b",
    re.IGNORECASE | re.DOTALL,
)
_ALTER = re.compile(r"ALTER\s+(?:FOREIGN\s+)?TABLE\b.*?\b(?:ADD|DROP|RENAME)\b", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(
    r"COMMENT\s+ON\s+(?:(?P<column>COLUMN)|(?:FOREIGN\s+|MATERIALIZED\s+)?(?:TABLE|VIEW))\s+(?P<name>\S+)\s+IS\s+"
    r"(?P<text>E?'(?:[^']|'')*'|NULL)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A statement that could not be read: where it starts and what it is. Never quotes the input."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Ddl:
    """What a DDL text declares. `fills`: which columns the columns of its views are made from, tables as written."""

    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]
    fills: tuple[Output, ...] = ()


def parse_ddl(text: str, source: str = "", dialect: str | None = None) -> Ddl:
    """The tables and views that a DDL text declares, with types, comments, lines and, where told, databases.

    `source` is the file's name, kept on every table. `dialect` is a sqlglot name, "" for standard SQL; None: judge by
    the text. Never raises: a statement that cannot be read costs that statement and is a Problem.
    """
    chosen = dialect_of_ddl(text) if dialect is None else dialect
    found: dict[tuple[str | None, str], Draft] = {}
    problems: list[Problem] = []
    for statement in statements(text.replace("\0", " ").removeprefix("\ufeff"), chosen):
        what = _apply(statement, chosen, found)
        if what:
            problems.append(Problem(statement.line, what))
    tables = [
        Table(draft.name, tuple(draft.columns.values()), draft.comment, draft.database, source)
        for draft in found.values()
    ]
    fills = tuple(output for draft in found.values() for output in draft.fills)
    return Ddl(tuple(tables), tuple(problems), fills)


def dialect_of_ddl(text: str) -> str:
    """The dialect that most hints in a DDL text speak for; "" without any."""
    sample = text[: 512 * 1024]
    scores = [(sum(1 for _ in hint.finditer(sample)), dialect) for dialect, hint in _HINTS]
    best = max(scores, key=lambda score: score[0])
    return best[1] if best[0] else ""


def _apply(statement: Statement, dialect: str, found: dict[tuple[str | None, str], Draft]) -> str | None:
    """Applies one statement to the tables found so far; the answer is what went wrong, if anything."""
    text = statement.text
    comment = _COMMENT.match(text)
    if comment:
        _comment_on(comment, statement.database, found)
    elif _TABLE.match(text):
        draft = tables_ddl.table(statement, dialect, list(found.values()))
        if draft is None:
            return "a table definition could not be read"
        found.setdefault((draft.database, draft.name.lower()), draft)
    elif _VIEW.match(text):
        draft = tables_ddl.view(statement, dialect, list(found.values()))
        if draft is None:
            return "a view definition could not be read"
        found[(draft.database, draft.name.lower())] = draft
    elif _ALTER.match(text):
        return tables_ddl.alter(statement, dialect, lambda name: find(found, statement.database, name))
    return None


def find(found: dict[tuple[str | None, str], Draft], database: str | None, name: str) -> Draft | None:
    """The table of that name in that database, whether or not either name is qualified."""
    folded = name.lower()
    exact = found.get((database, folded))
    if exact is not None:
        return exact
    ends = [d for (base, known), d in found.items() if base == database and tables_ddl.same_name(known, folded)]
    return ends[0] if len(ends) == 1 else None


def _comment_on(comment: re.Match[str], database: str | None, found: dict[tuple[str | None, str], Draft]) -> None:
    name = re.sub(r'["`\[\]]', "", comment["name"])
    table, _, column = name.rpartition(".") if comment["column"] else (name, "", "")
    draft = find(found, database, table)
    words = comment["text"]
    said = None if words.upper() == "NULL" else words[words.index("'") + 1 : -1].replace("''", "'")
    if draft is None:
        return
    if not column:
        draft.comment = said
    elif column.lower() in draft.columns:
        draft.columns[column.lower()] = replace(draft.columns[column.lower()], comment=said)
