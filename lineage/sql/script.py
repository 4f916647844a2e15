"""Cuts DDL files and database dumps into statements, with the line and the database each belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lineage.sql.lexer import flavour_of


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as written; `line` is where its first word stands (1-based); `database` None when not told."""

    text: str
    line: int
    database: str | None


_NAME = r"[\"'`\[]?(?P<name>[\w.$-]+)"
_SAID_IN_COMMENT = re.compile(rf"[-#*/ =]*(?:current\s+)?database\s*:\s*{_NAME}", re.IGNORECASE)
_CONNECT = re.compile(rf"\\c(?:onnect)?\s+(?:-\S+\s+)?(?:\"?dbname=)?{_NAME}")
_USE = re.compile(rf"USE\s+(?:(?:DATABASE|SCHEMA|KEYSPACE)\s+)?{_NAME}", re.IGNORECASE)
_CREATED = re.compile(rf"CREATE\s+DATABASE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_COPY = re.compile(r"COPY\b[^;]*\bFROM\s+STDIN\b", re.IGNORECASE)
_DELIMITER = re.compile(r"DELIMITER[ \t]+(\S+)", re.IGNORECASE)
_BODY = re.compile(r"CREATE\b[^;(]*?\b(?:PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE)\b", re.IGNORECASE)
_QUOTE = {True: r"'(?:[^'\\]++|''|\\.)*+(?:'|\\?\Z)", False: r"'(?:[^']++|'')*+(?:'|\Z)"}


def _scanner(backslash: bool, brackets: bool, hashes: bool) -> re.Pattern[str]:
    return re.compile(
        r"(?P<space>[ \t\r]++)|(?P<newline>\n)|(?P<comment>--[^\n]*+|/\*(?!!).*?(?:\*/|\Z)"
        + (r"|\#[^\n]*+" if hashes else "")
        + r")|(?P<meta>(?<![^\n])(?:\\[^\n]*+|(?:GO|/)[ \t\r]*(?=\n|\Z)|DELIMITER[ \t][^\n]*+))"
        + r"|(?P<versioned>/\*!\d*|\*/)"
        + rf"|(?P<quoted>{_QUOTE[backslash]}|E{_QUOTE[True]}|\"(?:[^\"]++|\"\")*+(?:\"|\Z)|`[^`]*+(?:`|\Z)"
        + (r"|\[[^\]]*+(?:\]|\Z)" if brackets else "")
        + r"|\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z))"
        + r"|(?P<end>;)|(?P<word>\w++)|(?P<other>.)",
        re.DOTALL | re.IGNORECASE,
    )


def statements(script: str, dialect: str) -> Iterator[Statement]:
    """The statements of a script. Meta commands, COPY data and procedure bodies between delimiters are passed over."""
    flavour = flavour_of(dialect)
    match = _scanner(bool(flavour.backslash), bool(flavour.bracket_names), bool(flavour.hash_comments)).match
    database: str | None = None
    position, line, start_line, custom_end = 0, 1, 1, ""
    pieces: list[str] = []
    while position < len(script):
        found = match(script, position)
        if found is None:  # cannot happen: the last alternative takes any character
            return
        kind, piece, position = found.lastgroup, found.group(), found.end()
        ends = kind == "end" or (kind == "meta" and not piece.startswith(("\\", "/")) and not _DELIMITER.match(piece))
        if kind == "comment" and not pieces:
            said = _SAID_IN_COMMENT.match(piece)
            database = said["name"] if said else database
        elif kind == "meta":
            delimiter = _DELIMITER.match(piece)
            if delimiter:
                custom_end = "" if delimiter[1] == ";" else delimiter[1]
                pieces = []
            connected = _CONNECT.match(piece)
            database = connected["name"] if connected else database
            ends = ends or piece.strip() == "/"
        elif kind in ("comment", "versioned"):
            pieces += [" ", "\n" * piece.count("\n")] if pieces else []
        elif not ends and (pieces or kind not in ("space", "newline")):
            if not pieces:
                start_line = line
            pieces.append(piece)
        line += piece.count("\n")
        if not ends or not pieces:
            continue
        text, pieces = "".join(pieces).strip(), []
        switched = _USE.match(text) or (_CREATED.match(text) if database is None else None)
        database = switched["name"] if switched else database
        if _COPY.match(text):
            data_end = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE).search(script, position)
            skipped = script[position : data_end.end() if data_end else len(script)]
            position, line = position + len(skipped), line + skipped.count("\n")
        elif not custom_end and not _BODY.match(text):
            yield Statement(text, start_line, database)
    rest = "".join(pieces).strip()
    if rest and not custom_end and not _COPY.match(rest):
        yield Statement(rest, start_line, database)
