"""Where a Transact-SQL statement ends without a semicolon: at the word that begins the next one."""

from __future__ import annotations

from collections.abc import Sequence

from lineage.sql.dialects import words
from lineage.sql.lexer import Kind, Token

STARTS = words("SELECT INSERT UPDATE DELETE MERGE TRUNCATE SET DECLARE EXEC EXECUTE VALUES")
_GOES_ON_AFTER = words("THEN AS FOR AFTER OF INSTEAD BEFORE IF ELSE BEGIN UNION ALL EXCEPT INTERSECT AND OR NOT")
_SECOND_WORDS = {"INSERT": "INTO", "DELETE": "FROM", "TRUNCATE": "TABLE", "MERGE": "INTO"}


def is_other_branch(found: Sequence[Token], index: int) -> bool:
    """Whether the word at `index` is an ELSE between statements. In a CASE, a value follows it."""
    after = next((t.text.upper() for t in found[index + 1 : index + 4] if t.kind is not Kind.SPACE), "")
    return found[index].text.upper() == "ELSE" and after in STARTS and after != "VALUES"


def starts_another(found: Sequence[Token], index: int, seen: str) -> bool:
    """Whether the word at `index` begins a statement although the one before has not been ended.

    `seen` is the last word of STARTS outside parentheses in the statement so far, "" for none.
    """
    word = found[index].text.upper()
    before = next((t.text.upper() for t in reversed(found[:index]) if t.kind is not Kind.SPACE), "")
    after = next((t.text.upper() for t in found[index + 1 : index + 4] if t.kind is not Kind.SPACE), "")
    if not seen or before in _GOES_ON_AFTER or before == ",":
        return False
    if word in _SECOND_WORDS:
        return after == _SECOND_WORDS[word]
    if word == "SELECT":  # after rows of values; `INSERT INTO t (a) SELECT ..` goes on
        return seen == "VALUES" and before == ")"
    return word in ("DECLARE", "EXEC", "EXECUTE") and seen != "INSERT"
