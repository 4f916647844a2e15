"""Makes recorded SQL parseable: one placeholder style, closed quotes, no comments, one statement at a time.

Literals do not reach the parser, so that no error of it can quote one; JSON keys and ordinals do: they are evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lineage.sql.batches import STARTS, is_other_branch, starts_another
from lineage.sql.dialects import words
from lineage.sql.lexer import Kind, Token, flavour_of, tokens
from lineage.sql.plain import plain
from lineage.sql.rewrites import in_routine, rewritten

MAX_LENGTH = 256 * 1024
MAX_PARSED = 128 * 1024  # of one statement: the parser takes seconds for more
MAX_SUBSCRIPTS = 200  # the parser's time grows with the square of `a[1][1]..`
MAX_DEPTH = 150

_PARAMETER = ":p"
_TYPES = words(
    "CHAR VARCHAR VARCHAR2 NVARCHAR NVARCHAR2 NCHAR CHARACTER VARYING NUMERIC DECIMAL NUMBER FLOAT DOUBLE BIT VARBIT "
    "BINARY VARBINARY TIMESTAMP TIMESTAMPTZ TIME DATETIME DATETIME2 INT INTEGER BIGINT SMALLINT TINYINT RAW STRING DEC"
)
_JSON_VALUE = re.compile(r"[\w$.\[\]*{}, -]{1,80}")
_ARROWS = ("->", "->>", "#>", "#>>")
_KEEPS_AT = ("tsql", "snowflake")
_QUERY = (
    r"(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|REPLACE)\b"
    r"(?!\s*,|\s+(?:ON|OF|AS|OR\s+(?:INSERT|UPDATE|DELETE))\b)"  # the events of a trigger
)
_PREFIXES = (
    re.compile(
        r"EXPLAIN\s+(?:\([^)]*\)\s*)?(?:(?:ANALYZE|VERBOSE|PLAN|EXTENDED|QUERY|FOR|(?:FORMAT\s*=?\s*\w+))\s+)*",
        re.IGNORECASE,
    ),
    re.compile(r"PREPARE\s+\S+?\s*(?:\([^)]*\)\s*)?(?:AS|FROM)\s+", re.IGNORECASE),
    re.compile(r"DECLARE\s+\S+\s+(?:\w+\s+){0,4}?CURSOR\s+(?:WITH(?:OUT)?\s+HOLD\s+)?FOR\s+", re.IGNORECASE),
    re.compile(r"BEGIN\s+(?:(?:UNLOGGED|COUNTER)\s+)?BATCH\b(?:\s+USING\s+TIMESTAMP\s+\S+)?", re.IGNORECASE),
    re.compile(
        rf"(?>CREATE\b.*?\b(?:PROCEDURE|FUNCTION|TRIGGER|EVENT|TASK|PACKAGE)\b|BEGIN\b|DECLARE\b|IF\b|ELSE?IF\b|ELSE\b|"
        rf"LOOP\b|WHILE\b|FOR\b|EXCEPTION\b|END\b|DO\b).*?\b(?=(?:{_QUERY}))",
        re.IGNORECASE | re.DOTALL,
    ),
)
_COPY_QUERY = re.compile(r"COPY\s*\((.*)\)\s*TO\b", re.IGNORECASE | re.DOTALL)
_CONDITION = re.compile(r"IF\s+(?:NOT\s+)?EXISTS\s*(?=\()", re.IGNORECASE)


class TooComplexError(ValueError):
    """The text is too long or nested too deeply to be parsed safely. Carries no part of it."""


def statements(sql: str, dialect: str, *, bodies: bool = True) -> list[str]:
    """The statements of a text, each ready for the parser, wrappers such as EXPLAIN or a procedure's body taken off.

    `bodies`: also those in the bodies of routines, one level deep.
    Raises TooComplexError above 256 KiB, 150 levels of nesting or 200 subscripts one behind the other.
    """
    if len(sql) > MAX_LENGTH or len(re.findall(r"\]\s*\[", sql)) > MAX_SUBSCRIPTS:
        raise TooComplexError
    if (ready := plain(sql, dialect)) is not None:
        return [ready]
    found = list(tokens(sql.replace("\0", " "), dialect))
    solid = [token for token in found if token.kind is not Kind.SPACE]
    if len(solid) >= 2 and solid[0].text.upper() == "UNLOAD":
        inner = next((token for token in solid if token.kind is Kind.STRING), None)
        if inner is not None and len(inner.value) < len(sql):
            return statements(inner.value, dialect)
    return [
        unwrapped
        for text in _split(found, dialect, bodies)
        for part in _with_condition(text.strip())
        if (unwrapped := _unwrapped(part, dialect))
    ]


def is_body(token: Token, pieces: Sequence[str], start: int = 0) -> bool:
    """Whether a string is the body of a routine, `$$ .. $$` after `DO` or `CREATE FUNCTION .. AS`.

    `pieces` are the texts before it; its statement starts at `start`.
    """
    if token.kind is not Kind.STRING or token.text[0] != "$":
        return False
    first = [piece.strip().upper() for piece in pieces[start : start + 16] if piece.strip()]
    last = [piece.strip().upper() for piece in pieces[-4:] if piece.strip()]
    if first[:1] == ["DO"]:
        return len(first) == 1 or (len(first) == 3 and first[1] == "LANGUAGE")
    return first[:1] == ["CREATE"] and last[-1:] == ["AS"] and not {"FUNCTION", "PROCEDURE"}.isdisjoint(first)


def _with_condition(text: str) -> list[str]:
    """`IF EXISTS (SELECT ..) UPDATE ..` is a query and a statement."""
    found = _CONDITION.match(text)
    depth = 0
    for position in range(found.end() if found else len(text), len(text)):
        depth += (text[position] == "(") - (text[position] == ")")
        if found and depth == 0:
            return [text[found.end() + 1 : position], text[position + 1 :]]
    return [text]


def _split(found: list[Token], dialect: str, bodies: bool) -> list[str]:
    texts: list[str] = []
    pieces: list[str] = []
    depth = 0
    skip_until = -1
    seen = ""
    for index, token in enumerate(found):
        if index < skip_until:
            continue
        if token.kind is Kind.OPERATOR:
            if token.text == ";" and depth <= 0:
                texts.append("".join(pieces))
                pieces, seen = [], ""
                continue
            depth = max(0, depth + (token.text in "([") - (token.text in ")]"))
            if depth > MAX_DEPTH:
                raise TooComplexError
        elif bodies and is_body(token, pieces):
            texts += map(in_routine, statements(token.value, dialect, bodies=False))
            pieces = []
            ends = (i for i in range(index, len(found)) if found[i].text == ";")
            skip_until = next(ends, len(found))
            continue
        elif token.kind is Kind.WORD and token.text.upper() in _TYPES:
            skip_until = _after_masked_size(found, index + 1)
        elif token.kind is Kind.WORD and dialect == "tsql" and depth == 0 and is_other_branch(found, index):
            texts.append("".join(pieces))
            pieces, seen = [], ""
            continue
        elif token.kind is Kind.WORD and dialect == "tsql" and depth == 0 and token.text.upper() in STARTS:
            if starts_another(found, index, seen):
                texts.append("".join(pieces))
                pieces = []
            seen = token.text.upper()
        pieces.append(_parseable(found, index, dialect))
    return [*texts, "".join(pieces)]


def _after_masked_size(found: list[Token], index: int) -> int:
    """`varchar(?)` reads as a type only without its masked size: the index behind it, or -1."""
    texts = []
    for position in range(index, min(index + 8, len(found))):
        texts.append(found[position].text)
        if texts[-1] == ")":
            return position + 1 if re.fullmatch(r"\s*\(\s*\?\s*(,\s*\?\s*)?\)", "".join(texts)) else -1
    return -1


def _parseable(found: list[Token], index: int, dialect: str) -> str:
    token = found[index]
    match token.kind:
        case Kind.SPACE:
            return " "
        case Kind.STRING:
            value = token.value
            kept = _JSON_VALUE.fullmatch(value) and (_previous(found, index) in _ARROWS or value.startswith("$"))
            return f"'{value}'" if kept else "'?'"
        case Kind.NAME:
            quote = "`" if flavour_of(dialect).double == "text" else '"'
            name = token.value if _is_closed(token) else "?"
            return f"{quote}{name.replace(quote, quote * 2) or '?'}{quote}"
        case Kind.PLACEHOLDER:
            if token.text[0] == "@" and (dialect in _KEEPS_AT or _previous(found, index).upper() in ("FROM", "JOIN")):
                return token.text
            if token.text[0] == "$" and dialect == "snowflake":
                return token.text
            return token.text if _is_json_operator(found, index) else f" {_PARAMETER} "
        case Kind.OPERATOR if token.text in ("+", "-", "*", "/", "%") and _next_text(found, index) == "=":
            return ""  # `a += b` is read as an assignment
        case _:
            return token.text


def _next_text(found: list[Token], index: int) -> str:
    return found[index + 1].text if index + 1 < len(found) else ""


def _is_closed(token: Token) -> bool:
    return len(token.text) > 1 and token.text[-1] == ("]" if token.text[0] == "[" else token.text[0])


def _previous(found: list[Token], index: int) -> str:
    before = (found[position] for position in range(index - 1, -1, -1))
    return next((token.text for token in before if token.kind is not Kind.SPACE), "")


def _is_json_operator(found: list[Token], index: int) -> bool:
    """PostgreSQL's `data ? 'key'`, `data ?| array[..]`, `data ?& array[..]`."""
    if found[index].text != "?":
        return False
    if index + 1 < len(found) and found[index + 1].text in ("|", "&"):
        return True
    following = next((token for token in found[index + 1 : index + 3] if token.kind is not Kind.SPACE), None)
    operand = following is not None and following.kind in (Kind.STRING, Kind.PLACEHOLDER)
    return operand and _previous(found, index) not in ("", "(", ",", "=")


def _unwrapped(text: str, dialect: str) -> str:
    text = text.strip()
    for _ in range(4):
        prefix = next((found for pattern in _PREFIXES if (found := pattern.match(text))), None)
        if prefix is None or not prefix.end():
            break
        text = text[prefix.end() :].strip()
    copied = _COPY_QUERY.match(text)
    return rewritten(copied.group(1) if copied else text, dialect)
