"""The operations of a SQL text and what they are done to, in the order and spelling of the text; from tokens alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage.sql.dialects import words
from lineage.sql.lexer import Kind, Token
from lineage.sql.shape import kept_name

_CHANGES = words("INSERT UPDATE DELETE MERGE UPSERT REPLACE")
_NO_VERB_AFTER = words("FOR ON DO KEY THEN AFTER BEFORE OR OF NO INSTEAD GRANT REVOKE")
_DEFINES = words("CREATE ALTER DROP TRUNCATE")
_CALLS = words("CALL EXEC EXECUTE")
_OBJECTS = words(
    "TABLE VIEW INDEX DATABASE SCHEMA PROCEDURE PROC FUNCTION TRIGGER SEQUENCE USER ROLE TYPE EXTENSION KEYSPACE"
)
_PASSED_OVER = words("IF NOT EXISTS ONLY INTO CONCURRENTLY IGNORE OVERWRITE")
_NO_NAMES = words("SELECT VALUES SET LATERAL FROM WHERE UNNEST WITH")
_LIST_ENDS = words("WHERE GROUP ORDER HAVING LIMIT SET UNION EXCEPT INTERSECT RETURNING WINDOW FETCH OFFSET FOR WHEN")


def targets(found: Sequence[Token]) -> Iterator[str]:
    """`found` are the tokens of a text without spaces. Common table expressions are no targets, their bodies' are."""
    common = {found[i].text.strip('"`').lower() for i in range(len(found) - 2) if _defines_common(found, i)}
    depth, lists, queries = 0, set[int](), set[int]()  # depths with an open FROM list, depths with a verb
    begins = True
    for index, token in enumerate(found):
        text = token.text.upper()
        before = found[index - 1].text.upper() if index else ""
        if text in "()[]":
            lists, queries = ({d for d in known if d <= depth - (text in ")]")} for known in (lists, queries))
            depth += (text in "([") - (text in ")]")
        elif text == ";":
            begins, depth, lists, queries = True, 0, set(), set()
            continue
        elif text == "," and depth in lists:
            yield from _name(found, index + 1, common)
        elif token.kind is not Kind.WORD or before == ".":
            pass
        elif text == "SELECT":
            queries.add(depth)
            lists.discard(depth)
            yield token.text
        elif text in _CHANGES and _is_verb(found, index, begins):
            queries.add(depth)
            yield token.text
            if text != "DELETE":
                yield from _name(found, index + 1, common, called=True)
        elif begins and text in _DEFINES:
            yield from _defined(found, index)
        elif begins and text in _CALLS:
            yield token.text
            yield from _name(found, index + 1, common, called=True)
        elif (text == "FROM" and depth in queries and before != "DISTINCT") or text in ("JOIN", "USING"):
            if text == "FROM":
                lists.add(depth)
            if text != "USING" or depth in queries:
                yield from _name(found, index + 1, common)
        elif text in _LIST_ENDS and not begins:
            lists.discard(depth)
        elif begins and text not in ("WITH", "EXPLAIN"):
            yield token.text
        begins = begins and text in ("EXPLAIN", "(")


def _defines_common(found: Sequence[Token], index: int) -> bool:
    after = [token.text.upper() for token in found[index + 1 : index + 4]]
    starts = index > 0 and found[index - 1].text.upper() in ("WITH", ",", "RECURSIVE")
    return starts and found[index].kind in (Kind.WORD, Kind.NAME) and after[:1] == ["AS"] and "(" in after


def _is_verb(found: Sequence[Token], index: int, begins: bool) -> bool:
    text, before = found[index].text.upper(), found[index - 1].text.upper() if index else ""
    after = found[index + 1].text.upper() if index + 1 < len(found) else ""
    if text == "REPLACE" or text == "UPDATE":
        return begins or (text == "UPDATE" and before in ("(", ")", "AS", "BEGIN") and after != ")")
    return (before not in _NO_VERB_AFTER and after in ("INTO", "FROM", "OVERWRITE", "IGNORE")) or begins


def _defined(found: Sequence[Token], index: int) -> Iterator[str]:
    yield found[index].text
    for position in range(index + 1, min(index + 8, len(found))):
        if found[position].text.upper() in _OBJECTS:
            yield found[position].text
            yield from _name(found, position + 1, set(), called=True)
            return
    if found[index].text.upper() == "TRUNCATE":
        yield from _name(found, index + 1, set())


def _name(found: Sequence[Token], index: int, common: set[str], *, called: bool = False) -> Iterator[str]:
    """The dotted name at `index`, if there is one; `called`: a parenthesis behind it does not make it a function."""
    while index < len(found) and found[index].text.upper() in _PASSED_OVER:
        index += 1
    parts: list[str] = []
    while index < len(found) and found[index].kind in (Kind.WORD, Kind.NAME):
        token = found[index]
        if not parts and token.kind is Kind.WORD and token.text.upper() in _NO_NAMES:
            return
        parts.append(kept_name(token) if token.kind is Kind.NAME else token.text)
        index += 1
        if index >= len(found) or found[index].text != ".":
            break
        index += 1
    is_function = not called and index < len(found) and found[index].text == "("
    if parts and not is_function and ".".join(parts).strip('"`').lower() not in common:
        yield ".".join(parts)
