"""Statements as object mappers write them: a pattern tells that nothing in them wants repair; no token is looked at."""

from __future__ import annotations

import re

_NAMES_IN_DOUBLE_QUOTES = frozenset({"postgres", "redshift", "oracle", "snowflake", "trino", "presto"})
_SIZED = r"(?:N?(?:VAR)?CHAR2?|NUMERIC|DECIMAL|NUMBER|FLOAT|BIT|TIME|TIMESTAMP|DATETIME2?)\s*\(\s*\?"
# Words after which a statement may want other words (rewrites.py) or is more than one thing.
_WORDS = (
    "LOW_PRIORITY DELAYED HIGH_PRIORITY QUICK IGNORE FORMAT SAMPLE CURRENT NEXT PREVIOUS SETTINGS TOTALS UR CS RS RR "
    "OUTPUT OUTFILE DUMPFILE TOP FINAL"
)
_UNUSUAL = re.compile(
    rf"(?<![\"`.])\b(?:(?:{_WORDS.replace(' ', '|')})\b|{_SIZED})|\ASELECT\b.*?\bINTO\b|\bVALUES\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
# A text without any of these needs no search.
_RARE = frozenset(
    f"{_WORDS} CHAR CHAR2 VARCHAR VARCHAR2 NCHAR NCHAR2 NVARCHAR NVARCHAR2 NUMERIC DECIMAL NUMBER FLOAT BIT TIME "
    "TIMESTAMP DATETIME DATETIME2 INTO VALUES".encode().split()
)
_SHOWN = re.compile(r"\(\s*(?:TITLE|NAMED)\b", re.IGNORECASE)  # Teradata
_BREAKS = bytes(code if chr(code).isalnum() or chr(code) == "_" else 32 for code in range(128)) + b" " * 128
_BODY = (
    r"(?:[A-Za-z0-9_\s,()=>!]++|\.(?!\.)|<(?!\w+>)|'\?'|\?(?!\s*['?|&])|\*(?!=)|\+(?!=)|-(?![-=])|/(?![*=])|\|\||::\w++"
    r"|{quoted}[A-Za-z_][\w ]*+{quoted})*+\Z"
)
_START = r"\s*(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM)\b"
_WITH_NAMES = re.compile(_START + _BODY.format(quoted='"'), re.IGNORECASE | re.ASCII)
_BACKTICKS = re.compile(_START + _BODY.format(quoted="`"), re.IGNORECASE | re.ASCII)
_MARK = re.compile(r"'\?'|\?")
DEEPEST = 100  # brackets in all: fewer cannot nest too deeply


def plain(sql: str, dialect: str) -> str | None:
    """The one statement of a text, ready for the parser, when it is a plain one; else None."""
    pattern = _WITH_NAMES if dialect in _NAMES_IN_DOUBLE_QUOTES else _BACKTICKS if dialect == "mysql" else None
    if pattern is None or not pattern.match(sql) or sql.count("(") > DEEPEST or _is_unusual(sql):
        return None
    return _MARK.sub(lambda found: found[0] if len(found[0]) > 1 else " :p ", sql).strip()


def _is_unusual(sql: str) -> bool:
    words = sql.upper().encode("ascii", "replace").translate(_BREAKS).split()
    return bool(_SHOWN.search(sql) or (not _RARE.isdisjoint(words) and _UNUSUAL.search(sql)))
