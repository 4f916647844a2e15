"""The last resort for a statement that no parser takes: the tables named after FROM, JOIN, INTO and their kin."""

from __future__ import annotations

import re

from lineage.sql.dialects import words
from lineage.sql.record import Record

_NAME = r'(?:[\w$]+|"[^"?]+"|`[^`?]+`)'
_READ = re.compile(rf"\b(?:FROM|JOIN)\s+(?:ONLY\s+)?({_NAME}(?:\.{_NAME})*)(?!\s*\()", re.IGNORECASE)
_WRITTEN = re.compile(
    rf"\b(?:INSERT\s+(?:IGNORE\s+)?INTO|MERGE\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|"
    rf"UPSERT\s+INTO)\s+({_NAME}(?:\.{_NAME})*)",
    re.IGNORECASE,
)
_NOT_TABLES = words("select set where values only lateral unnest table of dual stdin stdout skip")
_HIDDEN = re.compile(r"'[^']*'|\b(?:EXTRACT|TRIM|SUBSTRING|OVERLAY|POSITION)\s*\([^()]*\)", re.IGNORECASE)


def tables_by_words(text: str, record: Record) -> bool:
    """Records the tables found in a text; False when there are none."""
    plain = _HIDDEN.sub(" ", text[: 64 * 1024])
    common = {name.lower() for name in re.findall(r'(?:\bWITH|,)\s+"?(\w+)"?\s+AS\s+\(', plain, re.IGNORECASE)}
    written = [_unquoted(name) for name in _WRITTEN.findall(plain)]
    changed = re.sub(r"\b(DELETE)\s+FROM\b", r"\1", plain, flags=re.IGNORECASE)
    read = [_unquoted(name) for name in _READ.findall(changed)]
    read = [name for name in read if name.lower() not in common]
    for names, put in ((written, record.writes), (read, record.reads)):
        for name in names:
            if name.lower() not in _NOT_TABLES and not name[0].isdigit():
                put(name)
    return bool(written or read)


def _unquoted(name: str) -> str:
    return re.sub(r'["`]', "", name)
