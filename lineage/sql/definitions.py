"""Reads statements about tables themselves: CREATE .. AS, COPY, ALTER, DROP, TRUNCATE."""

from __future__ import annotations

from sqlglot import exp

from lineage.sql.changes import write_rows
from lineage.sql.query import Reader
from lineage.sql.record import is_passing, table_name
from lineage.sql.relations import STAR, Item, Origin, Relation

_HARMLESS = (exp.Alter, exp.Set, exp.Use, exp.Show, exp.Describe, exp.Pragma, exp.Comment, exp.Uncache, exp.Refresh)


def define(reader: Reader, node: exp.Expr) -> bool:
    """Records what a statement that defines, loads or empties tables reads and writes. False: it is none of these."""
    match node:
        case exp.Create():
            _create(reader, node)
        case exp.Alter(this=exp.Table()):
            _alter(reader, node)
        case exp.Drop():
            if (node.args.get("kind") or "").upper() in ("TABLE", "VIEW", "MATERIALIZED VIEW"):
                for table in node.args.get("tables") or [node.this]:
                    reader.record.drops(table_name(table))
        case exp.TruncateTable():
            for table in node.expressions:
                reader.record.writes(table_name(table))
        case exp.Copy():
            _copy(reader, node)
        case exp.LoadData():
            reader.record.writes(table_name(node.this))
        case exp.Cache(expression=exp.Expr()):
            write_rows(reader, node.this, reader.query(node.expression, None), defines=True)
        case exp.MultitableInserts():
            _multiple(reader, node)
        case _:
            return isinstance(node, _HARMLESS)
    return True


def _create(reader: Reader, node: exp.Create) -> None:
    target = node.this.this if isinstance(node.this, exp.Schema) else node.this
    if (node.args.get("kind") or "").upper() not in ("TABLE", "VIEW", "STAGE") or not isinstance(target, exp.Table):
        return
    rows_go_to = node.find(exp.ToTableProperty)  # ClickHouse: a view that fills a table
    target = rows_go_to.this if rows_go_to is not None else target
    query = node.expression
    if isinstance(query, exp.Query | exp.Table | exp.Paren):
        scope = reader.scope()
        reader.with_clause(node, scope)
        listed = [column.name for column in node.this.expressions] if isinstance(node.this, exp.Schema) else []
        passing = node.find(exp.TemporaryProperty) is not None
        write_rows(reader, target, reader.query(query, scope), listed, defines=True, passing=passing)
        return
    name = table_name(target)
    reader.record.writes(name)
    if (node.find(exp.TemporaryProperty) or is_passing(name)) and isinstance(node.this, exp.Schema):
        defined = [Item(column.name) for column in node.this.expressions if isinstance(column, exp.ColumnDef)]
        reader.record.makes(name, Relation("", tuple(defined)), passing=True)
    for source in node.find_all(exp.LikeProperty, exp.Clone):
        if isinstance(source.this, exp.Table):
            reader.record.reads(table_name(source.this))
            columns = [Item(column) for column in reader.tables.columns_of(table_name(source.this))]
            if columns and (node.find(exp.TemporaryProperty) or is_passing(name)):
                reader.record.makes(name, Relation("", tuple(columns)), passing=True)


def _alter(reader: Reader, node: exp.Alter) -> None:
    name = table_name(node.this)
    for action in node.args.get("actions") or ():
        if isinstance(action, exp.AlterRename | exp.SwapTable):
            other = table_name(action.this)
            if isinstance(action, exp.AlterRename):
                reader.record.renames(name, other)
                return
            reader.record.reads(name)
            reader.record.reads(other)
            reader.record.writes(other)
    reader.record.writes(name)


def _copy(reader: Reader, node: exp.Copy) -> None:
    table = node.this.this if isinstance(node.this, exp.Schema) else node.this
    columns = [column.name for column in node.this.expressions] if isinstance(node.this, exp.Schema) else []
    if isinstance(table, exp.Subquery):
        reader.record.yields(reader.query(table, None))
    elif isinstance(table, exp.Table):
        name = table_name(table)
        loading = bool(node.args.get("kind"))
        (reader.record.writes if loading else reader.record.reads)(name)
        columns = columns or list(reader.tables.columns_of(name)) or [STAR]
        reader.record.uses([Origin(name, column) for column in columns], "written" if loading else "projected")
    for file in node.args.get("files") or ():
        if isinstance(file, exp.Subquery):
            write_rows(reader, table, reader.query(file, None))
        elif isinstance(file, exp.Table) and isinstance(file.this, exp.Identifier):
            reader.record.reads(table_name(file))
            reader.record.uses([Origin(table_name(file), STAR)], "projected")


def _multiple(reader: Reader, node: exp.MultitableInserts) -> None:
    source = node.args["source"]
    scope = reader.scope()
    reader.source(source, scope)
    for each in node.expressions:
        insert = each.this if isinstance(each, exp.ConditionalInsert) else each
        target = insert.this.this if isinstance(insert.this, exp.Schema) else insert.this
        if isinstance(target, exp.Table):
            items = [item for relation in scope.relations for item in relation.everything()]
            if isinstance(insert.expression, exp.Values | exp.Select):
                items = reader.query(insert.expression, scope)
            if each is not insert and isinstance(each.expression, exp.Expr):
                reader.visit(each.expression, "filtered", scope)
            listed = [column.name for column in insert.this.expressions] if isinstance(insert.this, exp.Schema) else []
            write_rows(reader, target, items, listed)
