"""Reads statements that change rows: INSERT, UPDATE, DELETE, MERGE, with what they read and give back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.sql.record import MASKED, is_passing, table_name
from lineage.sql.relations import STAR, Item, Origin, Relation, derived
from lineage.sql.scope import Scope

if TYPE_CHECKING:
    from lineage.sql.query import Reader


def change(reader: Reader, node: exp.Expr, scope: Scope) -> list[Item]:
    """Records a change; returns what RETURNING or OUTPUT gives back. `scope` knows the statement's CTEs."""
    if isinstance(node, exp.Insert):
        return _insert(reader, node, scope)
    if isinstance(node, exp.Update):
        return _update(reader, node, scope)
    if isinstance(node, exp.Delete):
        return _delete(reader, node, scope)
    if isinstance(node, exp.Merge):
        return _merge(reader, node, scope)
    return []


def write_rows(
    reader: Reader,
    target: exp.Expr,
    items: Sequence[Item],
    listed: Sequence[str] = (),
    *,
    defines: bool = False,
    passing: bool = False,
) -> None:
    """The rows of a query become rows of a table: by position where its columns are known, else by name.

    `defines`: the query also makes the table, its result columns being the columns; `passing`: for this session only.
    """
    name = table_name(target)
    if defines and not listed and not any(item.name in (STAR, None) for item in items):
        listed = [item.name or "" for item in items]
    columns = list(listed) or list(reader.tables.columns_of(name))
    reader.record.writes(name)
    reader.record.yields(items, name, columns)
    if defines or (is_passing(name) and reader.record.made(name) is None):
        reader.record.makes(name, derived("", items, listed), passing=passing or is_passing(name))
    else:
        reader.record.fills(name, items, columns)
    starred = any(item.name == STAR for item in items)
    if listed or (columns and items and not starred):
        written = [Origin(name, column) for column in (columns if listed else columns[: len(items)])]
    else:
        written = [Origin(name, STAR, certain=not columns)]
    reader.record.uses(written, "written")


def _target(reader: Reader, node: exp.Expr, scope: Scope) -> tuple[str, Relation]:
    """The changed table, made visible in the scope; an alias is followed to the table in FROM."""
    if isinstance(node, exp.Subquery):
        scope.relations.insert(0, reader.relation(node, scope))
        return "", scope.relations[0]
    name = table_name(node)
    view = _updatable(reader, name, scope)
    if view is not None:
        reader.record.reads_not(view.base or "")
        scope.relations.insert(0, view)
        return view.base or "", view
    aliased = scope.named(name)
    if aliased is not None and aliased.base:
        reader.record.reads_not(aliased.base)
        return aliased.base, aliased
    relation = replace(reader.tables.relation(name, ""), alias=(node.alias or node.name).lower())
    scope.relations.insert(0, relation)
    return name, relation


def _updatable(reader: Reader, name: str, scope: Scope) -> Relation | None:
    """A common table expression over one table: changing its rows changes that table's."""
    common = scope.ctes.get(name.lower())
    if common is None:
        return None
    rows = reader.common(common)
    tables = {origin.table for item in rows.everything() for origin in item.origins if origin.table}
    return replace(rows, alias=name.lower(), base=tables.pop()) if len(tables) == 1 else None


def _insert(reader: Reader, node: exp.Insert, scope: Scope) -> list[Item]:
    target = node.this
    listed: list[str] = []
    if isinstance(target, exp.Schema):
        listed = [column.name for column in target.expressions if column.name != MASKED]
        target = target.this
    if not isinstance(target, exp.Table):  # a directory or a function: rows leave the database
        reader.query(node.expression, scope)
        return []
    items = reader.query(node.expression, scope) if isinstance(node.expression, exp.Expr) else []
    partition = node.args.get("partition") or target.args.get("partition")
    if node.args.get("default"):  # DEFAULT VALUES
        reader.record.writes(table_name(target))
    else:
        write_rows(reader, target, items, listed)
    if isinstance(partition, exp.Partition):
        fixed = [part.this.name for part in partition.expressions if isinstance(part, exp.EQ)]
        reader.record.uses([Origin(table_name(target), column) for column in fixed], "written")
    around = reader.scope(scope)  # seen where the table itself has no such column: the new row, and where it is from
    inside = reader.scope(around)
    name, relation = _target(reader, target, inside)
    names = listed or [item.name or "" for item in relation.items] or [item.name or "" for item in items]
    named = tuple(replace(item, name=column) for item, column in zip(items, names, strict=False))
    new_row = node.expression.alias if isinstance(node.expression, exp.Values) else ""
    around.relations += [Relation(alias, named, other=Item(None)) for alias in ("excluded", new_row.lower()) if alias]
    conflict = node.args.get("conflict")
    if conflict is not None:
        if conflict.args.get("duplicate") and isinstance(node.expression, exp.Select):
            reader.from_clause(node.expression, around)
        for key in conflict.args.get("conflict_keys") or ():
            reader.visit(key, "filtered", inside)
        _assignments(reader, conflict.expressions, name, inside)
        if isinstance(where := conflict.args.get("where"), exp.Expr):
            reader.visit(where, "filtered", inside)
    return _returned(reader, node, inside)


def _assignments(reader: Reader, expressions: Sequence[exp.Expr], table: str, scope: Scope) -> None:
    """`SET column = value` pairs, also `(a, b) = (SELECT ..)`."""
    for pair in expressions:
        if isinstance(pair, exp.Column):  # the text was cut off before the value
            reader.record.guessed = True
            continue
        if not isinstance(pair, exp.EQ | exp.PropertyEQ):
            reader.visit(pair, "projected", scope)
            continue
        left, right = pair.this, pair.expression
        columns = left.expressions if isinstance(left, exp.Tuple) else [left]
        if isinstance(right, exp.Subquery | exp.Select):
            items = reader.query(right, scope)
        else:
            values = right.expressions if isinstance(right, exp.Tuple) and isinstance(left, exp.Tuple) else [right]
            items = reader.select_items(values, scope, "projected")
        name, names = table, []
        for column in columns:
            if not table and isinstance(column, exp.Column):  # Oracle: a query is updated
                stored = next((origin for origin in scope.find(column).origins if origin.table), None)
                if stored is not None and stored.table:
                    name = stored.table
                    reader.record.writes(name)
                    reader.record.uses([Origin(name, stored.column)], "written")
                    names.append(stored.column)
                continue
            owner = scope.named(column.table) if isinstance(column, exp.Column) and column.table else None
            name = owner.base if owner is not None and owner.base else table
            if name != table:
                reader.record.reads_not(name)
            reader.record.writes(name)
            # What is not a table's name before the dot is the column that holds a field: `SET address.city = ..`.
            written = column.parts[0].name if owner is None and isinstance(column, exp.Column) else column.name
            reader.record.uses([Origin(name, written)], "written")
            names.append(written)
        reader.record.yields([replace(item, name=None) for item in items], name, names)


def _update(reader: Reader, node: exp.Update, scope: Scope) -> list[Item]:
    inside = reader.scope(scope)
    clause = node.args.get("from_")
    if clause is not None:
        reader.source(clause.this, inside)
    if node.this is None:
        return []
    name, _ = _target(reader, node.this, inside)
    reader.joins(node.this, inside)
    reader.record.writes(name)
    _assignments(reader, node.expressions, name, inside)
    _where(reader, node, inside)
    return _returned(reader, node, inside)


def _delete(reader: Reader, node: exp.Delete, scope: Scope) -> list[Item]:
    inside = reader.scope(scope)
    for source in node.args.get("using") or ():
        reader.source(source, inside)
    name = ""
    if isinstance(node.this, exp.Table):
        name, _ = _target(reader, node.this, inside)
        reader.joins(node.this, inside)
    named = [inside.named(table.name) for table in node.args.get("tables") or ()]
    if not name and not any(named):  # cut off before its table
        reader.record.guessed = True
    for relation in named:
        if relation is not None and relation.base:
            reader.record.writes(relation.base)
    if not named:
        reader.record.writes(name)
    elif name:
        reader.record.reads(name)
    _where(reader, node, inside)
    return _returned(reader, node, inside)


def _merge(reader: Reader, node: exp.Merge, scope: Scope) -> list[Item]:
    inside = reader.scope(scope)
    reader.source(node.args["using"], inside)
    name, _ = _target(reader, node.this, inside)
    reader.record.writes(name)
    if isinstance(condition := node.args.get("on"), exp.Expr):
        reader.visit(condition, "joined", inside)
    whens = node.args.get("whens")
    for when in whens.expressions if whens else ():
        if isinstance(condition := when.args.get("condition"), exp.Expr):
            reader.visit(condition, "filtered", inside)
        then = when.args.get("then")
        if isinstance(then, exp.Update):
            _assignments(reader, then.expressions, name, inside)
            _where(reader, then, inside)
        elif isinstance(then, exp.Insert):
            columns = then.this.expressions if isinstance(then.this, exp.Tuple) else []
            values = then.expression.expressions if isinstance(then.expression, exp.Tuple) else []
            items = reader.select_items(values, inside, "projected")
            write_rows(reader, node.this, items, [column.name for column in columns])
    return _returned(reader, node, inside)


def _where(reader: Reader, node: exp.Expr, scope: Scope) -> None:
    if isinstance(clause := node.args.get("where"), exp.Expr):
        reader.visit(clause, "filtered", scope)
    if isinstance(clause := node.args.get("order"), exp.Expr):
        reader.visit(clause, "ordered", scope)


def _returned(reader: Reader, node: exp.Expr, scope: Scope) -> list[Item]:
    """RETURNING, and OUTPUT with its `inserted` and `deleted` copies of the changed table (the scope's first)."""
    returning = node.args.get("returning")
    if not isinstance(returning, exp.Returning) or not scope.relations:
        return []
    copies = reader.scope(scope.outer)
    copies.relations = [replace(scope.relations[0], alias=alias) for alias in ("inserted", "deleted")]
    visible = reader.scope(copies)
    visible.relations = [relation for relation in scope.relations if relation.alias != "excluded"]
    return reader.select_items(returning.expressions, visible, "projected")
