"""Statement shapes: the text with every literal, parameter and comment gone, and a fingerprint of it.

Regular expressions only: this runs on every distinct text, before anything is stored. A shape can be parsed again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from lineage.sql.commands import command_literals, shape_without_sql
from lineage.sql.dialects import dialect_of, may_be_sql, starts_like_sql, words
from lineage.sql.folds import folded, key
from lineage.sql.lexer import Kind, Token, is_open, is_personal_name, tokens
from lineage.sql.normalise import is_body
from lineage.sql.quick import masked_code, quick_literals, quick_text

MASK = "?"

_JSON_KEY = re.compile(r"(?=.{1,40}\Z)(?!(?:.*\d){4})\w+", re.ASCII)
_JSON_STEPS = re.compile(r"\{[A-Za-z_]\w{0,39}(?:,(?:[A-Za-z_]\w{0,39}|\d{1,2}))*\}", re.ASCII)
_JSON_PATH = re.compile(r"\$(?:\.[A-Za-z_]\w{0,39}|\[(?:\d{1,2}|\*)\]){1,12}", re.ASCII)
_JSON_CALLS = ("JSON", "GET_JSON", "OPENJSON")
COPY_DATA = re.compile(r"(\s*COPY\b[^;]*?\bFROM\s+STDIN\b[^;\n]*)[;\n].*", re.IGNORECASE | re.DOTALL)
_SORT_ENDS = words("LIMIT HAVING OFFSET FETCH FOR UNION EXCEPT INTERSECT WINDOW QUALIFY ROWS RANGE WHERE")
_NOT_SORTING = -(1 << 30)  # no depth of brackets, however many close too much
_BEFORE_SIGN = frozenset({"(", ",", "=", "<", ">", "<=", ">=", "<>", "!="}) | words(
    "SELECT THEN ELSE AND BETWEEN LIMIT"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """`text`: the statement as it may be shown, stored and parsed. `id`: "s1-" and 16 hex digits, the same for texts
    that differ in literals, placeholder style, letter case, spacing, IN length or number of VALUES rows alone."""

    text: str
    id: str


def shape(sql: str, system: str | None = None) -> Shape:
    """The shape of a statement. `system` is `db.system.name` or `db.system`; None when unknown. Never raises.

    Kept although written as literals: ordinals in ORDER BY and GROUP BY, and JSON keys that look like names.
    """
    return _shape(_without_last_comments(sql), system)


def _without_last_comments(sql: str) -> str:
    """Tracers put their ids into comments at the end, which makes every text unique: the cache must not see them."""
    for _ in range(4):
        sql = sql.rstrip()
        start = sql.rfind("/*", 0, -2) if sql.endswith("*/") else -1
        if start < 0:
            break
        sql = sql[:start]
    return sql


@lru_cache(maxsize=16384)
def _shape(sql: str, system: str | None) -> Shape:
    dialect = quoting(sql, system)
    if dialect is None:
        return _of_masked(shape_without_sql(sql, system), False)
    return _of_masked(quick_text(sql, dialect) or _masked_text(sql, dialect), True)


def shape_of_code(code: str, system: str | None) -> tuple[Shape, list[str]] | None:
    """(the shape of statements with this code, see `quick.masked_code`; its long numbers) where the short way tells.

    The code begins as `quick.START` says, and has no quoted names, escapes and comments.
    """
    dialect = quoting("SELECT", system)
    masked = masked_code(code, False, dialect) if dialect is not None else None
    return (_of_masked(masked[0], True), masked[1]) if masked is not None and masked[0] else None


@lru_cache(maxsize=4096)  # of many texts there are few
def _of_masked(text: str, is_sql: bool) -> Shape:
    text = folded(text) if is_sql else text
    return Shape(text, "s1-" + hashlib.sha256(key(text).encode("utf-8", "replace")).hexdigest()[:16])


def _masked_text(sql: str, dialect: str) -> str:
    copy = COPY_DATA.match(sql)
    return " ".join("".join(_masked(copy.group(1) if copy else sql, dialect)).split()).rstrip("; ")


def literals(sql: str, system: str | None = None) -> tuple[str, ...]:
    """The string literals of a statement and its numbers of at least seven digits, to be judged and then dropped.

    In no order. Each is a part of the text, but that doubled quotes are single.
    """
    dialect = quoting(sql, system)
    if dialect is None:
        return command_literals(sql)
    if (quick := quick_literals(sql, dialect)) is not None:
        return tuple(filter(None, quick))
    found = []
    for token in tokens(sql, dialect):
        if token.kind is Kind.STRING or (token.kind is Kind.NAME and is_personal_name(token.value)):
            found.append(token.value)
        elif token.kind is Kind.NUMBER and sum(c.isdigit() for c in token.text) >= 7:
            found.append(token.text)
    return tuple(filter(None, found))


def quoting(sql: str, system: str | None) -> str | None:
    """The dialect whose quotes to trust: never one guessed from the text, for a literal may be what misleads.

    None: not SQL, also where a SQL database is said to have been sent it: no word of it is then known to be a name.
    """
    if not starts_like_sql(sql) or not may_be_sql(system, sql):
        return None
    return _quotes_of(system)


@lru_cache(maxsize=256)
def _quotes_of(system: str | None) -> str:
    return dialect_of(system, "SELECT") or ""


def _masked(sql: str, dialect: str, *, bodies: bool = True) -> list[str]:
    """The tokens' texts, literals and parameters replaced; `bodies`: in statements within strings too."""
    pieces: list[str] = []
    previous, before, depth, sorting, start = "", "", 0, _NOT_SORTING, 0
    last: Token | None = None
    calls: list[tuple[str, int]] = []  # the word before each open parenthesis, and the commas since
    for token in tokens(sql, dialect):
        text = token.text
        match token.kind:
            case Kind.SPACE:
                pieces.append(" ")
                continue
            case Kind.STRING if bodies and is_body(token, pieces, start):
                text = f"$${''.join(_masked(token.value, dialect, bodies=False))}$$"
            case Kind.STRING if bodies and previous == "(" and before == "UNLOAD" and starts_like_sql(token.value):
                inner = "".join(_masked(token.value, dialect, bodies=False)).replace("'", "''")
                text = f"'{inner}'"
            case Kind.STRING if is_open(token):
                text = f"'{MASK}"  # stays open: a sign that the text was cut off
            case Kind.STRING:
                in_json = bool(calls) and calls[-1][0].startswith(_JSON_CALLS) and calls[-1][1] == 1
                text = f"'{_kept_string(token.value, previous, in_json)}'"
            case Kind.NAME:
                text = kept_name(token)
            case Kind.PLACEHOLDER:
                text = text if _is_table_variable(text, previous) else MASK
            case Kind.NUMBER:
                ordinal = sorting == depth and previous in ("BY", ",") and len(text) <= 3 and text.isdigit()
                text = text if ordinal else MASK
            case Kind.WORD:
                if sorting == depth and text.upper() in _SORT_ENDS:
                    sorting = _NOT_SORTING
                elif text.upper() == "BY" and previous in ("ORDER", "GROUP"):
                    sorting = depth
            case Kind.OPERATOR:
                depth += text.count("(") - text.count(")")
                start = len(pieces) + 1 if text == ";" else start
                if text == "(":
                    calls.append((previous, 0))
                elif text == "," and calls:
                    calls[-1] = (calls[-1][0], calls[-1][1] + 1)
                elif text == ")" and calls:
                    calls.pop()
                sorting = _NOT_SORTING if depth < sorting else sorting
                text = text if text.isprintable() else " "
        if token.kind is Kind.NUMBER and previous in ("-", "+") and before in _BEFORE_SIGN and pieces[-1] == previous:
            pieces.pop()
        pieces.append(f" {text}" if last is not None and _glues(last, token) else text)
        before, previous = previous, text.upper() if token.kind is Kind.WORD else text
        last = token
    return pieces


def _kept_string(value: str, previous: str, in_json: bool) -> str:
    if (in_json or previous in ("->", "->>")) and _JSON_PATH.fullmatch(value) and not re.search(r"(?:\d\D*){4}", value):
        return value
    if previous in ("->", "->>") and _JSON_KEY.fullmatch(value):
        return value
    if previous in ("#>", "#>>") and _JSON_STEPS.fullmatch(value) and not re.search(r"(?:\d\D*){4}", value):
        return value
    return MASK


def kept_name(token: Token) -> str:
    """A quoted identifier as it may be shown: masked where it was cut off (half a name would be an invented one) or
    looks like a value."""
    opening = token.text[0]
    closing = "]" if opening == "[" else opening
    if is_open(token):
        return f"{opening}{MASK}"  # stays open, like a string
    if is_personal_name(token.value) or not token.value.isprintable():
        return f"{opening}{MASK}{closing}"
    return f"{opening}{token.value.replace(closing, closing * 2)}{closing}"


def _is_table_variable(text: str, previous: str) -> bool:
    return text.startswith("@") and previous in ("FROM", "JOIN", "INTO", "UPDATE", "DECLARE", "TABLE")


def _glues(left: Token, right: Token) -> bool:
    """Whether two tokens that stood side by side would read as one once masked."""
    solid = (Kind.STRING, Kind.NUMBER, Kind.PLACEHOLDER, Kind.WORD, Kind.NAME)
    return left.kind in solid and right.kind in solid and left.start + len(left.text) == right.start
