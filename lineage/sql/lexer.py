"""Cuts SQL text of any dialect into tokens. It never fails: an open literal at the end is a literal.

When it is unclear whether something is a literal, it is: losing a name is better than keeping a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Literal, NamedTuple

from lineage.sql.dialects import CQL, PARTIQL, words


class Kind(Enum):
    """`STRING` and `NUMBER` are literals; `NAME` is a quoted identifier; `SPACE` covers comments too."""

    SPACE = auto()
    STRING = auto()
    NUMBER = auto()
    PLACEHOLDER = auto()
    NAME = auto()
    WORD = auto()
    OPERATOR = auto()


class Token(NamedTuple):
    """A piece of text: `text` as written, `start` its offset, `value` what stands between its quotes, if any."""

    kind: Kind
    text: str
    start: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Flavour:
    """How a dialect quotes. `double`: what "x" is; `look` means that it depends on where it stands."""

    double: Literal["name", "text", "look"]
    backslash: bool | None  # None: unknown
    bracket_names: bool | None  # None: only when it looks like a name
    hash_comments: bool | None
    nested_comments: bool


_POSTGRES = Flavour("name", False, False, False, True)
_MYSQL = Flavour("text", True, False, True, False)
_STANDARD = Flavour("name", False, False, False, False)
_UNKNOWN = Flavour("look", None, None, None, True)
_FLAVOURS = {
    "postgres": _POSTGRES,
    "redshift": Flavour("name", True, False, False, True),
    "duckdb": _POSTGRES,
    "mysql": _MYSQL,
    "singlestore": _MYSQL,
    "doris": _MYSQL,
    "bigquery": _MYSQL,
    "spark": _MYSQL,
    "hive": _MYSQL,
    "databricks": _MYSQL,
    "clickhouse": Flavour("name", True, False, None, False),
    "snowflake": Flavour("name", True, False, False, False),
    "oracle": _STANDARD,
    "trino": _STANDARD,
    "presto": _STANDARD,
    "teradata": _STANDARD,
    CQL: _STANDARD,
    PARTIQL: _STANDARD,
    "tsql": Flavour("look", False, True, False, True),
    "sqlite": Flavour("look", False, None, False, False),
}

# Quantifiers are possessive (`*+`, `++`): no text can make them backtrack.
_ESCAPED = r"'(?:[^'\\]++|''|\\.)*+(?:'|\\?\Z)"
_PLAIN = r"'(?:[^']++|'')*+(?:'|\Z)"
_PATTERN = r"""
  (?P<space>\s++|--[^\n]*+|{hash})
| (?P<block>/\*)
| (?P<quoting>n?q'(?:\[.*?(?:\]'|\Z)|\(.*?(?:\)'|\Z)|\{{.*?(?:\}}'|\Z)|<.*?(?:>'|\Z)|(?P<q>[^\s\w']).*?(?:(?P=q)'|\Z)))
| (?P<escape>e{escaped})
| (?P<string>(?:u&|[nbxr]{{1,2}}|_[a-z]\w*\s?)?{string})
| (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z))
| (?P<double>"(?:[^"\\]++|""|\\{double_escape})*+(?:"|\\?\Z))
| (?P<backtick>`(?:[^`]++|``)*+(?:`|\Z))
{bracket}
| (?P<placeholder>\[(?:redacted|masked|filtered|hidden)\]
    |<(?:redacted|masked|filtered|hidden|value|param|\w{{0,20}}literal)>
    |\$\d++|%\(\w*\)s|%[sd](?!\w)|(?<![\w:\])"'`]):(?:[^\W\d]\w*+|\d++)|\?\d*+
    |[#$]\{{[^}}]{{0,64}}+\}}|\{{\{{[^}}]{{0,64}}+\}}\}}|\{{\d*\}}
    |(?<![\w@])@(?!@)[^\W\d][\w$]*+|\*{{3,}}|\.\.\.|__\[\w{{1,80}}\])
| (?P<email>[\w.+-]{{1,64}}+@[\w-]{{1,64}}+(?:\.[\w-]{{1,64}}+)++)
| (?P<number>[0-9a-f]{{8}}-[0-9a-f]{{4}}-(?:[0-9a-f-]{{27}}\b|[0-9a-f-]*+\Z)
    |(?:\d\w*+(?:\.(?!\.)\w*+)?|\.\d\w*+)(?:(?<=e)[+-]\d++)?)
| (?P<word>[^\W\d](?:[\w$]|\#(?=\w))*+|@@[\w.]++|\#{{1,2}}[a-z_]\w*+)
| (?P<operator>->>?|\#>>?|::|<=>|<>|!=|>=|<=|\|\||.)
"""
_CLOSED = re.compile(
    r"[^'\"$]*'(?:[^'\\]++|''|\\.)*+'|[^'\"]*'(?:[^']++|'')*+'|\"(?:[^\"\\]++|\"\"|\\.)*+\"|\"(?:[^\"]++|\"\")*+\""
    r"|n?q'.*[^\w\s]'|\$(\w*)\$.*\$\1\$|[^'\"$]*+",
    re.DOTALL | re.IGNORECASE,
)
_EMAIL = re.compile(r"[^@\s]@[^@\s]")
_LONG_NUMBER = re.compile(r"\d(?:[ .\-/()]?\d){6}")
_COMPARE = frozenset({"=", "<", ">", "!=", "<>", ">=", "<=", "<=>", "||", "+", "-", "*", "/", "->", "->>"})
_BEFORE_NAME = words("FROM JOIN INTO UPDATE TABLE AS ONLY")
_BEFORE_TEXT = words("VALUES IN LIKE ILIKE RLIKE REGEXP BETWEEN ANY ESCAPE INTERVAL DATE TIMESTAMP MATCH")
_SPEAKS_NAMES = re.compile(r'\b(?:from|join|into|update|table)\s+"|"\."', re.IGNORECASE)
_STRINGS = re.compile(r"'[^']*'|\\.", re.DOTALL)
_NAME_LIKE = re.compile(r'"[\w $#.-]{1,128}"')


def flavour_of(dialect: str | None) -> Flavour:
    """How `dialect` quotes; the most careful reading when it is unknown."""
    return _FLAVOURS.get(dialect or "", _UNKNOWN)


@cache
def _compiled(flavour: Flavour) -> re.Pattern[str]:
    brackets = {
        True: r"| (?P<bracket>\[(?!(?:redacted|masked)\])(?:[^\]]++|\]\])*+(?:\]|\Z))",
        None: r"| (?P<bracket>(?<![\w\])])\[(?!(?:redacted|masked|filtered|hidden)\])[a-z_][\w $#.@-]{0,127}\])",
        False: "",
    }
    hashes = {True: r"\#(?!\{)[^\n]*+", None: r"\#[ \t][^\n]*+", False: r"(?!)"}
    text = _PATTERN.format(
        hash=hashes[flavour.hash_comments],
        escaped=_ESCAPED,
        string=_ESCAPED if flavour.backslash else _PLAIN,
        double_escape="." if flavour.double == "text" else "",
        bracket=brackets[flavour.bracket_names],
    )
    return re.compile(text, re.VERBOSE | re.DOTALL | re.IGNORECASE)


_KINDS = {
    "space": Kind.SPACE,
    "block": Kind.SPACE,
    "quoting": Kind.STRING,
    "escape": Kind.STRING,
    "string": Kind.STRING,
    "dollar": Kind.STRING,
    "backtick": Kind.NAME,
    "bracket": Kind.NAME,
    "placeholder": Kind.PLACEHOLDER,
    "email": Kind.STRING,
    "number": Kind.NUMBER,
    "word": Kind.WORD,
    "operator": Kind.OPERATOR,
}


def tokens(text: str, dialect: str | None = None) -> Iterator[Token]:
    """The tokens of `text`, in order; their texts joined give `text` again. `dialect` None or "" is unknown."""
    flavour = flavour_of(dialect)
    match = _compiled(flavour).match
    speaks_names = flavour.double == "look" and bool(_SPEAKS_NAMES.search(_STRINGS.sub("", text)))
    position, previous, last_word, identified = 0, "", "", False
    while position < len(text):
        found = match(text, position)
        if found is None:  # cannot happen: the last alternative takes any character
            return
        group, end = found.lastgroup or "operator", found.end()
        if group == "block":
            end = _comment_end(text, position, flavour.nested_comments)
        elif group == "double":
            kind = _double_kind(flavour, text, position, end, (previous, last_word), speaks_names)
        if group in ("string", "escape") or (group == "double" and kind is Kind.STRING):
            end = _safe_end(text, position, end, flavour, group == "escape")
        if group != "double":
            kind = _KINDS[group]
        piece = text[position:end]
        if identified and kind in (Kind.WORD, Kind.NAME) and last_word in ("BY", "REPLACE") and previous == last_word:
            kind = Kind.STRING  # IDENTIFIED BY password
        yield Token(kind, piece, position, _value(kind, piece))
        if kind is not Kind.SPACE:
            if kind is Kind.WORD:
                identified = identified or piece.upper() == "IDENTIFIED"
                last_word = piece.upper()
            previous = piece if kind is not Kind.WORD else last_word
        position = end


def is_personal_name(value: str) -> bool:
    """Whether a quoted identifier holds an e-mail address or a long number: a value in disguise."""
    return bool(_EMAIL.search(value) or _LONG_NUMBER.search(value))


def is_open(token: Token) -> bool:
    """Whether a string or a quoted name lacks its end, or may lack it: the text was cut off within."""
    if token.kind is Kind.NAME:
        return len(token.text) < 2 or token.text[-1] != ("]" if token.text[0] == "[" else token.text[0])
    return token.kind is Kind.STRING and not _CLOSED.fullmatch(token.text)


def _comment_end(text: str, start: int, nested: bool) -> int:
    depth, position = 1, start + 2
    for mark in re.finditer(r"/\*|\*/", text[position:]):
        depth += (1 if nested else 0) if mark.group() == "/*" else -1
        if depth == 0:
            return position + mark.end()
    return len(text)


def _safe_end(text: str, start: int, end: int, flavour: Flavour, escaped: bool) -> int:
    """Where a string surely ends: at the end of the text when its closing quote is in doubt."""
    if end >= len(text):
        return end
    doubt = text[end].isalnum() or text[end] == "_"
    if not doubt and not flavour.backslash and not escaped:
        if flavour.backslash is None:
            doubt = "\\" + text[end - 1] in text[start:end]
        else:
            doubt = text[end - 2 : end - 1] == "\\" and text.count("'", end) % 2 == 1
    return len(text) if doubt else end


def _double_kind(
    flavour: Flavour, text: str, start: int, end: int, before: tuple[str, str], speaks_names: bool
) -> Kind:
    """`before`: the previous token and the previous word; `speaks_names`: the text shows "..." around names."""
    if flavour.double != "look":
        return Kind.NAME if flavour.double == "name" else Kind.STRING
    if end < len(text) and not _NAME_LIKE.fullmatch(text, start, end):
        return Kind.STRING
    previous, last_word = before
    following = text[end : end + 2].lstrip()[:1]
    if following == "." or previous == "." or previous in _BEFORE_NAME:
        return Kind.NAME
    if previous in _COMPARE or last_word in _BEFORE_TEXT or not speaks_names:
        return Kind.STRING
    return Kind.NAME


def _value(kind: Kind, piece: str) -> str:
    if kind is Kind.NAME:
        quote = "]" if piece[0] == "[" else piece[0]
        inner = piece[1:-1] if len(piece) > 1 and piece[-1] == quote else piece[1:]
        return inner.replace(quote * 2, quote)
    if kind is not Kind.STRING:
        return ""
    return string_value(piece)


def string_value(piece: str) -> str:
    """What stands in a string literal."""
    dollar = re.match(r"\$\w*\$", piece)
    if dollar:
        return piece[dollar.end() :].removesuffix(dollar.group())
    opened = re.match(r"[A-Za-z&_]\w*\s?(?=['\"])", piece)
    inner = piece[opened.end() :] if opened else piece
    quote = inner[:1] if inner[:1] in ("'", '"') else ""
    inner = inner.removeprefix(quote).removesuffix(quote)
    return inner.replace(quote * 2, quote) if quote else inner
