"""Reads row sources: FROM, JOIN, LATERAL, with what each offers under which name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.sql import special
from lineage.sql.pivots import pivoted
from lineage.sql.record import table_name
from lineage.sql.relations import Relation, derived
from lineage.sql.scope import Scope

if TYPE_CHECKING:
    from lineage.sql.query import Reader

_SOURCES = (exp.Table, exp.Subquery)
_ROWS = (
    exp.Select,
    exp.SetOperation,
    exp.Subquery,
    exp.Values,
    exp.Insert,
    exp.Update,
    exp.Delete,
    exp.Merge,
    exp.Paren,
)


def from_clause(reader: Reader, node: exp.Expr, scope: Scope) -> None:
    """Fills a scope with the row sources of FROM, JOIN and LATERAL."""
    clause = node.args.get("from_")
    if clause is not None:
        source(reader, clause.this, scope)
    for lateral in node.args.get("laterals") or ():
        source(reader, lateral, scope)
    if isinstance(match := node.args.get("match"), exp.MatchRecognize) and scope.relations:
        special.matched(reader, match, scope)
    joins(reader, node, scope)


def source(reader: Reader, node: exp.Expr, scope: Scope) -> None:
    """One row source with the joins that hang on it. `(a JOIN b ON ..)` leaves its members visible."""
    if isinstance(node, exp.Table) and node.this is None and not node.args.get("rows_from"):  # cut off behind FROM
        return
    if isinstance(node, exp.Final) or (
        isinstance(node, exp.Subquery | exp.Paren) and isinstance(node.this, _SOURCES) and not node.alias
    ):
        source(reader, node.this, scope)
    else:
        scope.relations.append(relation(reader, node, scope))
    joins(reader, node, scope)
    for lateral in node.args.get("laterals") or ():
        source(reader, lateral, scope)


def joins(reader: Reader, node: exp.Expr, scope: Scope) -> None:
    """The row sources joined to a node, with the columns that join them."""
    for join in node.args.get("joins") or ():
        if join.kind == "ARRAY":
            special.array_join(reader, join, scope)
            continue
        before = [item.name for relation in scope.relations for item in relation.items if item.name]
        source(reader, join.this, scope)
        shared = [column.name for column in join.args.get("using") or ()]
        if join.method == "NATURAL":
            shared += [name for name in before if scope.relations[-1].declared(name)]
        for name in dict.fromkeys(shared):
            scope.merged.add(name.lower())
            for relation in scope.relations:
                item = relation.declared(name) or relation.possible(name)
                reader.record.uses(item.origins if item else (), "joined")
        for key in ("on", "match_condition"):
            if isinstance(condition := join.args.get(key), exp.Expr):
                reader.visit(condition, "joined", scope)


def relation(reader: Reader, node: exp.Expr, scope: Scope) -> Relation:
    """What a FROM item offers under which name."""
    alias = node.args.get("alias")
    names = [column.name for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    argument = special.table_argument(node)
    if argument is not None:
        found = _stored(reader, argument, scope)
    elif isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier | exp.Var | exp.Parameter):
        found = _stored(reader, node, scope)
    elif isinstance(node, exp.Subquery | exp.Paren) and isinstance(node.this, _SOURCES):
        inside = reader.beside(scope)
        source(reader, node.this, inside)
        found = derived("", [item for relation in inside.relations for item in relation.everything()])
    elif isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
        found = derived("", reader.query(node.this, scope))
    elif isinstance(node, _ROWS):
        found = derived("", reader.query(node, reader.beside(scope)))
    else:
        found = special.function_rows(node, names, reader.visit(node, "projected", scope))
    if names and found.items and not found.open_tables:
        found = replace(found, items=derived("", found.items, names).items)
    return pivoted(reader, node, replace(found, alias=node.alias_or_name.lower() or found.alias), scope)


def _stored(reader: Reader, node: exp.Table, scope: Scope) -> Relation:
    name = table_name(node)
    known = scope.ctes.get(name.lower())
    if known is not None:
        return reader.common(known)
    made = reader.record.made(name)
    if made is not None:
        return made
    reader.record.reads(name)
    return reader.tables.relation(name, "")
