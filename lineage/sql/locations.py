"""Places outside the database that a statement loads rows from or unloads them to: object stores, folders, stages.

They are told by the statement's first words, not by the parser, which never sees a literal. Only a plain
`scheme://host/path` counts: one with a user, a query, an e-mail address or a long number in it is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from lineage.sql.dialects import words
from lineage.sql.lexer import Kind, Token, is_personal_name, tokens
from lineage.sql.normalise import MAX_LENGTH

_PLAIN = re.compile(r"[a-z][a-z0-9+.-]{1,11}://[^\s?#@'\"%]{1,200}", re.IGNORECASE)
_MOVES_ROWS = words("COPY UNLOAD INSERT LOAD CREATE EXPORT")
_FROM_THERE = words("FROM INPATH URL")
_TO_THERE = words("TO INTO DIRECTORY")


def locations(sql: str, dialect: str | None) -> list[tuple[str, bool]]:
    """The locations named in a text, each with whether rows go there (True) or come from there (False)."""
    if "://" not in sql or len(sql) > MAX_LENGTH:
        return []
    statements: list[list[Token]] = [[]]
    for token in tokens(sql, dialect):
        if token.text == ";":
            statements.append([])
        elif token.kind is not Kind.SPACE and token.text != "=":
            statements[-1].append(token)
    return [place for statement in statements for place in _of_one(statement)]


def _of_one(statement: list[Token]) -> Iterator[tuple[str, bool]]:
    if not statement or statement[0].text.upper() not in _MOVES_ROWS:
        return
    depth = 0
    for before, token in pairwise(statement):
        depth += (before.text == "(") - (before.text == ")")
        word = before.text.upper()
        plain = token.kind is Kind.STRING and _PLAIN.fullmatch(token.value) and not is_personal_name(token.value)
        if plain and depth == 0 and word in _FROM_THERE | _TO_THERE:
            yield token.value, word in _TO_THERE
