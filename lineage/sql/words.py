"""The last resort for a statement that no parser takes: the tables named after FROM, JOIN, INTO and their kin."""

from __future__ import annotations

import re

from lineage.sql.cut import is_unfinished
from lineage.sql.dialects import words
from lineage.sql.record import Record

_NAME = r'(?:[\w$]+|"[^"?]+"|`[^`?]+`)'
_READ = re.compile(rf"\b(?:FROM|JOIN)\s+(?:ONLY\s+)?({_NAME}(?:\.{_NAME})*)(?!\s*\()", re.IGNORECASE)
_WRITTEN = re.compile(
    rf"\b(?:INSERT\s+(?:IGNORE\s+)?INTO|MERGE\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|"
    rf"UPSERT\s+INTO)\s+({_NAME}(?:\.{_NAME})*)",
    re.IGNORECASE,
)
_COMMON = re.compile(
    r'(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*)"?(\w+)"?(?:\s*\([^()]{0,400}\))?\s+AS\s*(?:(?:NOT\s+)?MATERIALIZED\s*)?\(',
    re.IGNORECASE,
)
_EXCHANGED = re.compile(
    rf"ALTER\s+TABLE\s+({_NAME}(?:\.{_NAME})*)\s+EXCHANGE\s+PARTITION\s*(\(?).*\bWITH\s+TABLE\s+({_NAME}(?:\.{_NAME})*)",
    re.IGNORECASE | re.DOTALL,
)
_NOT_TABLES = words("select set where values only lateral unnest table of dual stdin stdout skip")
_HIDDEN = re.compile(r"'[^']*'|\b(?:EXTRACT|TRIM|SUBSTRING|OVERLAY|POSITION)\s*\([^()]*\)", re.IGNORECASE)


def tables_by_words(text: str, record: Record) -> bool:
    """Records the tables found in a text; False when there are none."""
    plain = _HIDDEN.sub(" ", text[: 64 * 1024])
    common = {name.lower() for name in _COMMON.findall(plain)}
    written = [_unquoted(found[1]) for found in _WRITTEN.finditer(plain) if not _may_be_half(found, plain)]
    changed = re.sub(r"\b(DELETE)\s+FROM\b", r"\1", plain, flags=re.IGNORECASE)
    read = [_unquoted(found[1]) for found in _READ.finditer(changed) if not _may_be_half(found, changed)]
    read = [name for name in read if name.lower() not in common]
    exchanged = _EXCHANGED.match(plain)
    if exchanged is not None:  # with a specification in parentheses (Hive) rows move one way, else both
        table, one_way, other = _unquoted(exchanged[1]), exchanged[2], _unquoted(exchanged[3])
        written += [table] if one_way else [table, other]
        read += [other] if one_way else [table, other]
    for names, put in ((written, record.writes), (read, record.reads)):
        for name in names:
            if name.lower() not in _NOT_TABLES and not name[0].isdigit():
                put(name)
    return bool(written or read)


def _may_be_half(found: re.Match[str], plain: str) -> bool:
    """An unquoted name at the end of a text that was cut off, as every INSERT is that ends in its table's name."""
    is_last = not plain[found.end() :].strip() and found[1][-1] not in '"`'
    return is_last and (is_unfinished(plain) or found[0][:6].upper() == "INSERT")


def _unquoted(name: str) -> str:
    return re.sub(r'["`]', "", name)
