"""Says a statement in words that the parser knows, where a dialect has words of its own for the same thing.

Works on text that the normaliser has made: no comments, no literals, one placeholder style. Atomic groups, `(?>..)`,
keep the time linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lineage.sql.dialects import CQL, PARTIQL

_TABLE = r"((?:[\w.#]|\"[^\"]*\"|`[^`]*`)+)"
_COLUMNS = r"\(([^()]*)\)"
_LOAD = r"\A(?>LOAD\s+DATA\b.*?\bINFILE\b)(?>.*?\bINTO\s+TABLE\s)\s*"  # MySQL


def _emptied(found: re.Match[str]) -> str:
    """CQL's `DELETE a, b[..] FROM t` empties columns; the row stays."""
    columns = (re.sub(r"\[.*?\]", "", column).strip() for column in found[1].split(","))
    return f"UPDATE {found[2]} SET " + ", ".join(f"{column} = NULL" for column in columns)  # noqa: S608 - never run


_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _rule(pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> _Rule:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement


_RULES = (
    _rule(r"\ADECLARE\s+(@\w+)\s+(?:AS\s+)?TABLE\s*(?=\()", r"CREATE TABLE \1 "),  # Transact-SQL
    _rule(r"\b(?:NEXT|PREVIOUS)\s+VALUE\s+FOR\s+[\w.\"`]+", "NEXTVAL('?')"),
    _rule(rf"\ADELETE\s+(?!FROM\b|TOP\b|F(?:RO?)?\s*\Z){_TABLE}(?=\s*(?:\w+\s+)?(?:WHERE\b|\Z))", r"DELETE FROM \1"),
    _rule(
        rf"\AMERGE\s+INTO\s+{_TABLE}\s*{_COLUMNS}\s*(?:KEY\s*\([^()]*\)\s*)?(?=VALUES|SELECT)", r"INSERT INTO \1 (\2) "
    ),
    _rule(r"\AUPSERT\s+INTO\b", "INSERT INTO"),
    _rule(rf"\ABULK\s+INSERT\s+{_TABLE}\s+FROM\b.*", r"COPY \1 FROM STDIN"),
    _rule(
        r"\A(SELECT\b.*\bFROM\s+)(?:FINAL|NEW|OLD)\s+TABLE\s*\((\s*(?:INSERT|UPDATE|DELETE)\b.*)\)\s*\Z",
        r"WITH changed_rows AS (\2 RETURNING *) \1changed_rows",
    ),  # Db2
    _rule(r"\s+WITH\s+(?:UR|CS|RS|RR)\b(?!\s*(?:AS\b|\())", ""),
    _rule(
        rf"\AREFRESH\s+MATERIALIZED\s+VIEW\s+(?:CONCURRENTLY\s+)?{_TABLE}.*", r"TRUNCATE TABLE \1"
    ),  # its rows are all made anew
    _rule(r"\s+WITH\s+TOTALS\b(?!\s*(?:AS\b|\())", ""),  # ClickHouse
    _rule(r"\bSETTINGS\s+\w+\s*=\s*[^\s,()]+(?:\s*,\s*\w+\s*=\s*[^\s,()]+)*", ""),
    _rule(r"\ADECLARE\s+GLOBAL\s+TEMPORARY\s+TABLE\b", "CREATE TEMPORARY TABLE"),  # Db2
    _rule(r"\A(CREATE\s+(?:\w+\s+)?TEMP(?:ORARY)?\s+TABLE\b.*?)\s+ON\s+COMMIT\s+DROP\b", r"\1"),
    _rule(
        r"\A(INSERT|UPDATE|DELETE|REPLACE)(?:\s+(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|QUICK|IGNORE)\b(?!\s+SET\b))+",
        r"\1",
    ),  # MySQL
    _rule(r"\AREPLACE\s+INTO\b", "INSERT INTO"),
    _rule(r"\A(INSERT|UPDATE)\s+OR\s+(?:REPLACE|IGNORE|ROLLBACK|ABORT|FAIL)\b", r"\1"),  # SQLite
    _rule(r"\A(INSERT|UPDATE|DELETE|MERGE)\s+TOP\s*\([^()]*\)(?:\s+PERCENT)?", r"\1"),  # Transact-SQL
    _rule(r"\(\s*(?:TITLE|FORMAT|NAMED)\s+'\?'\s*\)", " "),  # Teradata: how to show a column
    _rule(rf"\ADELETE\s+FROM\s+{_TABLE}\s+(OUTPUT\b.*?)(\bWHERE\b.*)", r"DELETE FROM \1 \3 \2"),
    _rule(r"\bSAMPLE\s+(?::p|[\d.]+)(?:\s*/\s*(?::p|[\d.]+))?(?!\s*\()", ""),  # ClickHouse
    _rule(r"\bWHERE\s+CURRENT\s+OF\s+\S+", ""),
    _rule(rf"\AALTER\s+TABLE\s+{_TABLE}(?:\s+ON\s+CLUSTER\s+\S+)?\s+DELETE\s+WHERE\b", r"DELETE FROM \1 WHERE"),
    _rule(rf"\AALTER\s+TABLE\s+{_TABLE}(?:\s+ON\s+CLUSTER\s+\S+)?\s+UPDATE\b", r"UPDATE \1 SET"),  # ClickHouse
    _rule(rf"\AINSERT\s+INTO\s+{_TABLE}\s*{_COLUMNS}\s*(?:FORMAT\s+\w+|VALUES)\s*\Z", r"COPY \1 (\2) FROM STDIN"),
    _rule(rf"{_LOAD}{_TABLE}.*?{_COLUMNS}\s*\Z", r"COPY \1 (\2) FROM STDIN"),
    _rule(rf"{_LOAD}{_TABLE}.*", r"COPY \1 FROM STDIN"),
    _rule(r"\A(SELECT\b.*)\bINTO\s+(?:OUTFILE|DUMPFILE)\b.*?(?=\bFROM\b|\Z)", r"\1"),
    _rule(r"\A(SELECT\b.*)\bINTO\s+(?::p|@\w+)(?:\s*,\s*(?::p|@\w+))*(?![\w(])", r"\1"),
)
_CQL_RULES = (
    _rule(r"\ASELECT\s+(DISTINCT\s+)?JSON\b(?!\s*[,(]|\s+FROM\b)", r"SELECT \1"),
    _rule(rf"\AINSERT\s+INTO\s+{_TABLE}\s+JSON\b.*", r"COPY \1 FROM STDIN"),
    _rule(r"\bAPPLY\s+BATCH\b", " "),
    _rule(
        r"\bALLOW\s+FILTERING\b|\bUSING\s+(?:TTL|TIMESTAMP)\s+\S+(?:\s+AND\s+(?:TTL|TIMESTAMP)\s+\S+)?"
        r"|(?<!TABLE )\bIF\s+(?:NOT\s+)?EXISTS\b|\bPER\s+PARTITION\s+LIMIT\s+\S+",
        " ",
    ),
    _rule(r"\A((?>.*?\bWHERE\b).*)\bIF\b", r"\1AND"),
    _rule(rf"\ADELETE\s+(?!FROM\b)(.+?)\s+FROM\s+{_TABLE}", _emptied),
)


_PARTIQL_RULES = (
    _rule(r"(?<!\w)(?<=\s)SET\b", ","),
    _rule(rf"\A(UPDATE\s+{_TABLE})\s*,", r"\1 SET"),  # the first of several
    _rule(r"\bREMOVE\s+([\w.\"]+)", r", \1 = NULL"),
    _rule(rf"\A(UPDATE\s+{_TABLE})\s*,", r"\1 SET"),
    _rule(r"\bRETURNING\s+(?:ALL|MODIFIED)\s+(?:OLD|NEW)\s*\*", "RETURNING *"),
    _rule(r"\bFROM\s+(\"[^\"]+\"|\w+)\.(?:\"[^\"]+\"|\w+)", r"FROM \1"),  # an index of the table
)
_OWN_RULES = {CQL: _CQL_RULES, PARTIQL: _PARTIQL_RULES}
_VARIABLES = re.compile(
    r"\A((?>SELECT\b|.*?\bRETURNING\b).*?)\bINTO\s+(?:STRICT\s+)?[\w.]+(?:\s*,\s*[\w.]+)*", re.IGNORECASE | re.DOTALL
)


def in_routine(text: str) -> str:
    """A statement of a PL/pgSQL body: PERFORM is a SELECT, and INTO names variables, never a table."""
    return _VARIABLES.sub(r"\1", re.sub(r"\APERFORM\b", "SELECT", text, flags=re.IGNORECASE))


def rewritten(text: str, dialect: str) -> str:
    """One statement in words that the parser knows; unchanged where it has none of those above."""
    text = text.strip()
    for pattern, replacement in (*_OWN_RULES.get(dialect, ()), *_RULES):
        text = pattern.sub(replacement, text, count=0 if dialect in _OWN_RULES else 1)
    return text.strip()
