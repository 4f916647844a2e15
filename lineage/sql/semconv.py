"""Query text and summary as OpenTelemetry's semantic conventions want them in spans (database client spans,
"Sanitization of db.query.text" and "Generating a summary of the query text").

For whoever emits telemetry (`auditor sql --format semconv`). The auditor itself stores `shape`, which can be parsed
again; this form need not be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lineage.sql.commands import command_shape, shape_without_sql
from lineage.sql.dialects import words
from lineage.sql.lexer import Kind, tokens
from lineage.sql.shape import COPY_DATA, kept_name, quoting
from lineage.sql.targets import targets

_LONGEST_SUMMARY = 255
_COMMENT = ("--", "/*", "#")
_PARAMETER = re.compile(r"[$:@?]\w{0,64}|%(?:\(\w{0,64}\))?s|\{\d*\}")
_IN_LIST = re.compile(r"\b(IN\s*)\(\s*\?(?:\s*,\s*\?)*+\s*\)", re.IGNORECASE)
_BEFORE_SIGN = words("SELECT THEN ELSE AND OR BETWEEN LIMIT OFFSET WHEN BY ? ( , = < > <= >= <> != + - * / %") | {""}


def sanitize(sql: str, system: str | None = None) -> str:
    """The text with each literal as `?`, comments gone and IN lists folded; spacing, case and parameters stay.

    `system` is `db.system.name` or `db.system`. What is not SQL keeps command words and field names alone.
    """
    dialect = quoting(sql, system)
    if dialect is None:
        return shape_without_sql(sql, system)
    copy = COPY_DATA.match(sql)
    pieces: list[str] = []
    for token in tokens(copy.group(1) if copy else sql, dialect):
        match token.kind:
            case Kind.SPACE:
                text = "" if token.text.startswith(_COMMENT) else token.text
            case Kind.STRING | Kind.NUMBER:
                text = "?"
                if token.kind is Kind.NUMBER and pieces and pieces[-1] in ("+", "-") and _is_sign(pieces[:-1]):
                    pieces.pop()
            case Kind.PLACEHOLDER:
                text = token.text if _PARAMETER.fullmatch(token.text) else "?"
            case Kind.NAME:
                text = kept_name(token)
            case _:
                text = token.text if token.text.isprintable() else " "
        if text:
            pieces.append(text)
    return _IN_LIST.sub(r"\1(?)", "".join(pieces)).strip()


def _is_sign(before: list[str]) -> bool:
    """Whether a + or - behind these pieces belongs to the number that follows, or stands between two values."""
    return next((piece for piece in reversed(before) if not piece.isspace()), "").upper() in _BEFORE_SIGN


def summary(sql: str, system: str | None = None) -> str:
    """Operations and their targets, in order and as written: `INSERT shipping_details SELECT orders`.

    At most 255 characters, cut between words. "" where nothing can be told.
    """
    dialect = quoting(sql, system)
    if dialect is None:
        return command_shape(sql, system).partition(" ")[0].replace("?", "")
    kept = ""
    for part in targets([token for token in tokens(sql, dialect) if token.kind is not Kind.SPACE]):
        if len(kept) + len(part) + 1 > _LONGEST_SUMMARY:
            break
        kept = f"{kept} {part}".strip()
    return kept


def conventional(row: Mapping[str, object]) -> dict[str, object]:
    """`{"id", "sql", "dialect"}` answered with `{"id", "db.query.text", "db.query.summary"}`; wrongly typed members
    count as missing."""
    sql, dialect = row.get("sql"), row.get("dialect")
    text, system = sql if isinstance(sql, str) else "", dialect if isinstance(dialect, str) else None
    return {"id": row.get("id"), "db.query.text": sanitize(text, system), "db.query.summary": summary(text, system)}
