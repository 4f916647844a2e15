"""From one normalised statement to a syntax tree. Never raises, never logs: the parser's messages quote statements."""

from __future__ import annotations

import logging

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError

from lineage.sql.dialects import CQL, PARSED_AS, PARTIQL
from lineage.sql.facts import Parse

logging.getLogger("sqlglot").setLevel(logging.CRITICAL + 1)

FAILURES = (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError)
_SECOND_TRIES = {"": ("mysql", "postgres"), CQL: ("mysql",), PARTIQL: ("",)}


def parse(text: str, dialect: str) -> tuple[exp.Expr | None, Parse]:
    """The tree of a statement and how much of it can be relied on: full, partial, or none (then the tree is None)."""
    own = PARSED_AS.get(dialect, dialect)
    for attempt in (own, *_SECOND_TRIES.get(dialect, ("",))):
        tree = _attempt(text, attempt, ErrorLevel.RAISE)
        if tree is not None:
            return tree, "full"
    tree = _attempt(text, own, ErrorLevel.IGNORE)
    return (tree, "partial") if tree is not None else (None, "none")


def tree_of(text: str, dialect: str) -> exp.Expr | None:
    """The tree of one statement in exactly that dialect, or None."""
    return _attempt(text, dialect, ErrorLevel.RAISE)


def _attempt(text: str, dialect: str, level: ErrorLevel) -> exp.Expr | None:
    try:
        trees = sqlglot.parse(text, read=dialect, error_level=level)
    except FAILURES:
        return None
    if len(trees) > 1 and level is ErrorLevel.RAISE:
        return None
    tree = next((tree for tree in trees if tree is not None), None)
    return None if isinstance(tree, exp.Command) else tree
