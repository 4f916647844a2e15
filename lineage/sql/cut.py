"""Names that a truncated text ends in may be halves of longer ones: they are masked before anybody reads them."""

from __future__ import annotations

import re
from collections import deque

from sqlglot import exp

from lineage.sql.lexer import is_open, tokens
from lineage.sql.record import MASKED
from lineage.sql.relations import Tables
from lineage.sql.scope import is_pseudo

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")


def is_cut_off(sql: str, dialect: str) -> bool:
    """Whether a text ends within a literal or a quoted name: more of it may have followed."""
    balanced = sql.count("[") == sql.count("]") and not any(sql.count(quote) % 2 for quote in "'\"`")
    if balanced and not any(sign in sql for sign in ("\\", "$", "--", "/*", "#")):
        return False
    last = next(iter(deque(tokens(sql, dialect), 1)), None)
    return last is not None and is_open(last)


def is_unfinished(text: str) -> bool:
    """Whether more parentheses open than close, or the last sign wants something behind it."""
    plain = _QUOTED.sub("x", text).rstrip()
    return plain.count("(") > plain.count(")") or plain[-1:] in tuple(".,=<>(+-|")


def mask_half_name(tree: exp.Expr, text: str, tables: Tables, dialect: str) -> bool:
    """Masks the name at the very end of a statement where it is none for certain; True when there was one.

    A text that could as well be whole keeps its last name, unless declared tables speak against it.
    """
    end = len(text.rstrip()) - 1
    last = next((name for name in tree.find_all(exp.Identifier) if int(name.meta.get("end") or -1) >= end), None)
    owner = last.parent if last is not None else None
    if last is None or owner is None or not _is_doubtful(tree, last, owner, is_unfinished(text), tables, dialect):
        return False
    last.set("this", MASKED)
    return True


def _is_doubtful(
    tree: exp.Expr, last: exp.Identifier, owner: exp.Expr, unfinished: bool, tables: Tables, dialect: str
) -> bool:
    if isinstance(owner, exp.Column) and last is owner.this:
        lacks_from = isinstance(tree, exp.Select) and owner.parent_select is tree and not tree.args.get("from_")
        if (
            lacks_from
            and not is_pseudo(last.name, dialect, quoted=bool(last.args.get("quoted")))
            and not (owner.table and last.args.get("quoted"))
        ):
            return True
        if not owner.table and _names_rows(tree, owner):  # `WHERE a.x = 1 ORDER BY a`: what followed `a` is gone
            return True
    if last.args.get("quoted"):  # its closing quote is there
        return False
    if isinstance(owner, exp.Table):
        missed = any(_is_half(last, name) for name in _qualifiers(tree) - _row_names(tree, owner))
        declared = tables.may_be_half_a_table(last.name) and not _is_alias(tree, last)
        return unfinished or missed or declared or isinstance(owner.parent, exp.Insert)
    if isinstance(owner, exp.Column):
        stored = tree.find(exp.Subquery, exp.CTE, exp.Values, exp.Lateral, exp.Unnest) is None
        return unfinished or (stored and not _is_alias(tree, last) and tables.may_be_half_a_column(last.name))
    return unfinished


def _names_rows(tree: exp.Expr, column: exp.Column) -> bool:
    """Whether a lone name is that of a row source, or the first half of one's in a text that qualifies all others."""
    others = [other for other in tree.find_all(exp.Column) if other is not column and not _is_star(other)]
    named = any(not other.table and other.name.lower() == column.name.lower() for other in others)
    if named or _is_alias(tree, column.this):
        return False
    known = _qualifiers(tree) | _row_names(tree, None)
    if column.name.lower() in known:
        return True
    qualified = bool(others) and all(other.table for other in others)
    return qualified and not column.this.args.get("quoted") and any(_is_half(column.this, name) for name in known)


def _is_half(name: exp.Identifier, whole: str) -> bool:
    return len(name.name) < len(whole) and whole.startswith(name.name.lower())


def _is_star(column: exp.Column) -> bool:
    return isinstance(column.this, exp.Star)


def _is_alias(tree: exp.Expr, name: exp.Identifier) -> bool:
    return any(alias.alias.lower() == name.name.lower() for alias in tree.find_all(exp.Alias, exp.CTE))


def _qualifiers(tree: exp.Expr) -> set[str]:
    return {column.table.lower() for column in tree.find_all(exp.Column) if column.table}


def _row_names(tree: exp.Expr, but: exp.Expr | None) -> set[str]:
    sources = tree.find_all(exp.Table, exp.Subquery, exp.CTE, exp.Lateral, exp.Unnest)
    names = {name for source in sources if source is not but for name in (source.alias.lower(), source.name.lower())}
    return names - {""}
