"""Reads one CREATE TABLE, CREATE VIEW or ALTER TABLE."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from lineage.sql.dialects import CQL, PARSED_AS
from lineage.sql.facts import Output
from lineage.sql.parse import FAILURES, tree_of
from lineage.sql.query import Reader
from lineage.sql.record import Record, table_name
from lineage.sql.relations import STAR, Tables
from lineage.sql.script import Statement
from lineage.tables import Column

_OTHER_DIALECTS = ("", "postgres", "mysql", "tsql", "oracle", "spark", "snowflake", "clickhouse")
_TYPE = re.compile(
    r"\s*(?:(?:\"[^\"]+\"|[\w.\[\]]+)(?:\s*<[\w\s,<>:]+>)?(?:\s*\([^()]*\))?"
    r"(?:\s+(?:varying|precision|unsigned|signed|zerofill|large\s+object|with(?:out)?(?:\s+local)?\s+time\s+zone)"
    r"(?:\s*\([^()]*\))?)*(?:\s*\[\s*\d*\s*\])*)",
    re.IGNORECASE,
)
_COLLECTIONS = re.compile(r"\b(?:set|list|map|frozen|tuple|vector)\s*<[\w\s,<>]*>", re.IGNORECASE)
_ONLY_RULES = re.compile(
    r"\bADD\s+(?:CONSTRAINT|PRIMARY|FOREIGN|UNIQUE|CHECK|INDEX|KEY|FULLTEXT|SPATIAL|GENERATED|PARTITION|PERIOD)\b"
    r"|\bDROP\s+(?:CONSTRAINT|PRIMARY|FOREIGN|INDEX|KEY|NOT\s+NULL|DEFAULT|IDENTITY|EXPRESSION|PARTITION)\b"
    r"|\bALTER\s+COLUMN\b.*\bADD\s+GENERATED\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(slots=True)
class Draft:
    """A table while later statements may still change it. Columns are keyed by lower-case name, in order."""

    name: str
    database: str | None
    columns: dict[str, Column] = field(default_factory=dict)
    comment: str | None = None
    fills: tuple[Output, ...] = ()  # where the columns of a view, or of CREATE TABLE .. AS, come from


def same_name(left: str, right: str) -> bool:
    """Whether two lower-case table names mean the same table when one of them may lack its qualification."""
    return left == right or left.endswith("." + right) or right.endswith("." + left)


def table(statement: Statement, dialect: str, earlier: Sequence[Draft]) -> Draft | None:
    """The table of a CREATE TABLE; None when it cannot be read."""
    tree = _create(statement.text, dialect)
    target = tree.this.this if tree is not None and isinstance(tree.this, exp.Schema) else tree.this if tree else None
    if tree is None or not isinstance(target, exp.Table):
        return None
    draft = Draft(table_name(target), statement.database, comment=_comment(tree))
    for parent in tree.find_all(exp.LikeProperty, exp.PartitionedOfProperty, exp.InheritsProperty, exp.Clone):
        tables = parent.expressions if isinstance(parent, exp.InheritsProperty) else [parent.this]
        for each in tables:
            for known in earlier:
                if isinstance(each, exp.Table) and same_name(known.name.lower(), table_name(each).lower()):
                    draft.columns.update(known.columns)
    if isinstance(tree.this, exp.Schema):
        for definition in tree.this.expressions:
            if isinstance(definition, exp.ColumnDef):
                _put(draft, _column(definition, statement))
            elif isinstance(definition, exp.Identifier):  # SQLite: a column without a type
                _put(draft, Column(definition.name, None, None, _line(definition, statement)))
    if isinstance(tree.expression, exp.Query):
        _put_outputs(draft, tree.expression, [], dialect, earlier, statement.line)
    return draft


def view(statement: Statement, dialect: str, earlier: Sequence[Draft]) -> Draft | None:
    """The view of a CREATE VIEW with the columns that could be told; None when it cannot be read."""
    text = re.sub(r"\bWITH\s+(?:NO\s+)?DATA\s*$", "", statement.text, flags=re.IGNORECASE)
    text = re.sub(
        r"CREATE\b.*?(?=(?:MATERIALIZED\s+)?\bVIEW\b)", "CREATE ", text, count=1, flags=re.IGNORECASE | re.DOTALL
    )
    tree = _create(text, dialect)
    target = tree.this.this if tree is not None and isinstance(tree.this, exp.Schema) else tree.this if tree else None
    if tree is None or not isinstance(target, exp.Table):
        return None
    draft = Draft(table_name(target), statement.database, comment=_comment(tree))
    listed = [column.name for column in tree.this.expressions] if isinstance(tree.this, exp.Schema) else []
    if isinstance(tree.expression, exp.Query | exp.Paren):
        _put_outputs(draft, tree.expression, listed, dialect, earlier, statement.line)
    return draft


def alter(statement: Statement, dialect: str, find: Callable[[str], Draft | None]) -> str | None:
    """Applies ADD, DROP and RENAME of columns; the answer is what went wrong, if anything."""
    if _ONLY_RULES.search(statement.text):
        return None
    text = re.sub(r"\bTABLE\s+(?:IF\s+EXISTS\s+)?ONLY\b", "TABLE", statement.text, count=1, flags=re.IGNORECASE)
    tree = next((t for d in _tries(dialect) if isinstance(t := tree_of(text, d), exp.Alter)), None)
    if tree is None:
        return "a change of a table could not be read"
    draft = find(table_name(tree.this))
    if draft is None:
        return "a change of a table that was not declared before"
    for action in tree.args.get("actions") or ():
        for definition in [action] if isinstance(action, exp.ColumnDef) else action.find_all(exp.ColumnDef):
            _put(draft, _column(definition, statement))
        if isinstance(action, exp.RenameColumn):
            _rename(draft, action.this.name, action.args["to"].name)
        elif isinstance(action, exp.Drop) and (action.args.get("kind") or "").upper() == "COLUMN":
            for dropped in action.args.get("tables") or ():
                draft.columns.pop(dropped.name.lower(), None)
    return None


def _tries(dialect: str) -> list[str]:
    first = "spark" if dialect == CQL else dialect
    return [first, *(other for other in _OTHER_DIALECTS if other != first)]


def _create(text: str, dialect: str) -> exp.Create | None:
    """The tree of a CREATE: whole if possible, else without what follows the column list."""
    if dialect == CQL:
        text = _COLLECTIONS.sub(lambda found: "text".ljust(len(found.group())), text)  # offsets stay the same
    for candidate in (text, _without_options(text)):
        for attempt in _tries(dialect):
            tree = tree_of(candidate, attempt)
            if isinstance(tree, exp.Create) and (isinstance(tree.this, exp.Schema) or tree.expression is not None):
                return tree
            if isinstance(tree, exp.Create) and tree.find(exp.LikeProperty, exp.PartitionedOfProperty, exp.Clone):
                return tree
    return None


def _without_options(text: str) -> str:
    depth = 0
    for mark in re.finditer(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|[()]", text):
        depth += {"(": 1, ")": -1}.get(mark.group(), 0)
        if depth == 0 and mark.group() == ")":
            return text[: mark.end()]
    return text


def _column(definition: exp.ColumnDef, statement: Statement) -> Column:
    name = definition.this
    comment = definition.find(exp.CommentColumnConstraint)
    said = comment.this.name if comment is not None and isinstance(comment.this, exp.Literal) else None
    end = name.meta.get("end")
    written = _TYPE.match(statement.text, end + 1) if isinstance(end, int) else None
    type_ = " ".join(written.group().split()) if written and definition.args.get("kind") else ""
    if "'" in type_ or '"' in type_:  # ENUM('a', 'b'): its members are values
        type_ = type_.partition("(")[0].strip().strip('"')
    return Column(name.name, type_ or None, said, _line(name, statement))


def _line(name: exp.Expr, statement: Statement) -> int:
    within = name.meta.get("line")
    return statement.line + within - 1 if isinstance(within, int) else statement.line


def _comment(tree: exp.Create) -> str | None:
    said = tree.find(exp.SchemaCommentProperty)
    return said.this.name if said is not None and isinstance(said.this, exp.Literal) else None


def _put(draft: Draft, column: Column) -> None:
    draft.columns[column.name.lower()] = column


def _put_outputs(
    draft: Draft, query: exp.Expr, listed: Sequence[str], dialect: str, earlier: Sequence[Draft], line: int
) -> None:
    known = Tables({each.name: tuple(column.name for column in each.columns.values()) for each in earlier})
    record = Record()
    try:
        items = Reader(PARSED_AS.get(dialect, dialect), known, record).query(query, None)
        record.yields(items, draft.name, listed or [item.name or STAR for item in items])
    except FAILURES:
        items = []
    draft.fills = tuple(output for output in record.outputs if output.sources and output.name != STAR)
    types = {(each.name.lower(), key): column.type for each in earlier for key, column in each.columns.items()}
    for position, item in enumerate(items):
        name = listed[position] if position < len(listed) else item.name
        if name and name != STAR:
            origin = next(iter(item.origins), None) if item.direct and len(item.origins) == 1 else None
            key = ((origin.table or "").lower(), origin.column.lower()) if origin else ("", "")
            _put(draft, Column(name, types.get(key), None, line))
    for name in listed[len(items) :]:
        _put(draft, Column(name, None, None, line))


def _rename(draft: Draft, old: str, new: str) -> None:
    columns = draft.columns.values()
    renamed = [Column(new, c.type, c.comment, c.line) if c.name.lower() == old.lower() else c for c in columns]
    draft.columns = {column.name.lower(): column for column in renamed}
