"""Row sources and select items that single databases have: MATCH_RECOGNIZE, TRANSFORM, COLUMNS(..), remote(..)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.model import Role
from lineage.sql.dialects import words
from lineage.sql.relations import STAR, Item, Origin, Relation
from lineage.sql.scope import Scope

if TYPE_CHECKING:
    from lineage.sql.query import Reader

_ONE_VALUE = words(
    "unnest jsonb_array_elements jsonb_array_elements_text json_array_elements json_array_elements_text explode "
    "jsonb_object_keys json_object_keys regexp_split_to_table string_to_table generate_series generateseries "
    "exploding_generate_series"
)
_SEVERAL = {
    **dict.fromkeys(("json_each", "json_tree"), words("key value type atom id parent fullkey path")),
    **dict.fromkeys(("jsonb_each", "jsonb_each_text", "json_each_text"), words("key value")),
    "openjson": words("key value type"),
    "string_split": words("value ordinal"),
    "explode": words("seq key path index value this col pos"),  # also FLATTEN
    "flatten": words("seq key path index value this"),
}
_TABLE_ARGUMENT = words("remote remotesecure cluster clusterallreplicas")  # ClickHouse


def matched(reader: Reader, node: exp.MatchRecognize, scope: Scope) -> None:
    """MATCH_RECOGNIZE on the last row source of a scope: its measures become columns, pattern variables its rows."""
    rows = scope.relations[-1]
    inside = reader.beside(scope)
    variables = {column.table.lower() for column in node.find_all(exp.Column) if column.table}
    inside.relations = [rows, *(replace(rows, alias=name) for name in sorted(variables - {rows.alias}))]
    for part in node.args.get("partition_by") or ():
        reader.visit(part, "grouped", inside)
    if isinstance(order := node.args.get("order"), exp.Expr):
        reader.visit(order, "ordered", inside)
    for part in node.args.get("define") or ():
        reader.visit(part.unalias(), "filtered", inside)
    measures = [measure.this for measure in node.args.get("measures") or ()]
    made = reader.select_items(measures, inside, "projected")
    alias = (node.alias or rows.alias).lower()
    scope.relations[-1] = replace(rows, alias=alias, items=(*rows.items, *made))


def special_items(reader: Reader, node: exp.Expr, scope: Scope, role: Role) -> list[Item] | None:
    """Several result columns from one select item; None: it is an ordinary one."""
    if isinstance(node, exp.QueryTransform):
        origins = frozenset[Origin]().union(*(reader.visit(part, role, scope) for part in node.expressions))
        schema = node.args.get("schema")
        return [Item(column.name, origins) for column in schema.expressions] if schema else [Item(None, origins)]
    if isinstance(node, exp.Columns):  # a literal says which
        bases = {relation.base for relation in scope.relations if relation.base}
        origins = frozenset(Origin(base, STAR) for base in bases)
        reader.record.uses(origins, role)
        return [Item(STAR, origins)]
    return None


def function_rows(node: exp.Expr, names: Sequence[str], origins: frozenset[Origin]) -> Relation:
    """What a function in FROM offers: the columns that its alias lists, or that it is known to have, else any."""
    function = node.this if isinstance(node, exp.Table | exp.Lateral | exp.TableFromRows) else node
    name = function.name if isinstance(function, exp.Anonymous) else ""
    if not name and isinstance(function, exp.Func):
        name = function.sql_name()
    name = name.lower()
    columns = [*names]
    if not names and (name in _ONE_VALUE or name in _SEVERAL):
        own = node.alias_or_name.lower() or name
        columns = [*([own, "value"] if name in _ONE_VALUE else []), *sorted(_SEVERAL.get(name, ()))]
    items = tuple(Item(column, origins) for column in dict.fromkeys(columns))
    return Relation(name, items, other=None if names else Item(None, origins), closed=bool(columns))


def array_join(reader: Reader, join: exp.Join, scope: Scope) -> None:
    """ClickHouse's ARRAY JOIN: each array becomes a column of its elements."""
    for part in (join.this, *(join.args.get("expressions") or ())):
        origins = reader.visit(part.unalias(), "projected", scope)
        scope.relations.append(Relation("", (Item(part.alias_or_name, origins),), closed=True))


def asked(node: exp.Exists) -> exp.Expr:
    """The query of EXISTS. `SELECT *` looks at no column there, as `count(*)` does not."""
    inner: exp.Expr = node.this
    for query in inner.find_all(exp.Select):
        if query.parent_select is node.parent_select and all(star.is_star for star in query.expressions):
            query.set("expressions", [exp.Literal.number(1)])
    return inner


def table_argument(node: exp.Expr) -> exp.Table | None:
    """The table that a table function is given: `remote('host', db.table)`."""
    function = node.this if isinstance(node, exp.Table) else None
    if not isinstance(function, exp.Anonymous) or function.name.lower() not in _TABLE_ARGUMENT:
        return None
    names = [part for part in function.expressions if isinstance(part, exp.Column)]
    parts = [part for column in names for part in column.parts]
    return _table(parts) if parts else None


def table_in(reader: Reader, node: exp.In, scope: Scope) -> bool:
    """`id IN some_table`: records all of that table as filtered by. False: it is no table."""
    column = node.args.get("field")
    if reader.dialect != "clickhouse" or not isinstance(column, exp.Column):
        return False
    if len(column.parts) > 2 or any(relation.declared(column.name) for relation in scope.relations):
        return False
    rows: Relation = reader.relation(_table(column.parts), scope)
    reader.record.uses([origin for item in rows.everything() for origin in item.origins], "filtered")
    return True


def _table(parts: Sequence[exp.Expr]) -> exp.Table:
    """`name` or `schema.name`."""
    return exp.table_(parts[-1].name, parts[-2].name if len(parts) > 1 else None)
