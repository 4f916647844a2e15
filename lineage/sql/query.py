"""Reads queries: row sources, result columns with their origins, and the role of every column on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from lineage.model import Role
from lineage.sql import changes, sources, special
from lineage.sql.dialects import words
from lineage.sql.json_keys import json_path
from lineage.sql.normalise import TooComplexError
from lineage.sql.protection import kept_by, weakened
from lineage.sql.record import Record, is_catalog
from lineage.sql.relations import STAR, Item, Origin, Relation, Tables, derived
from lineage.sql.scope import Aliases, Common, Scope, is_pseudo

Origins = frozenset[Origin]
NO_ORIGINS: Origins = frozenset()
_INTO_VARIABLES = words("oracle mysql singlestore doris")  # there SELECT .. INTO never makes a table
_MOST_COLUMNS = 20_000
_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
_SOURCES = (exp.Table, exp.Subquery)
_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


class Reader:
    """Walks the tree of a statement and writes what it finds into a record."""

    def __init__(self, dialect: str, tables: Tables, record: Record, *, damaged: bool = False) -> None:
        self.dialect, self.tables, self.record, self.damaged = dialect, tables, record, damaged

    def scope(self, outer: Scope | None = None) -> Scope:
        """An empty scope; what `outer` can see stays visible."""
        return Scope(self.dialect, self.tables, dict(outer.ctes) if outer else {}, outer, damaged=self.damaged)

    # ---- queries --------------------------------------------------------------------------------------------------

    def query(self, node: exp.Expr, outer: Scope | None, role: Role = "projected") -> list[Item]:
        """The result columns of a query. `outer` is the scope around it; `role` what its results are used for."""
        scope = self.scope(outer)
        self.with_clause(node, scope)
        if isinstance(node, exp.Select):
            return self._select(node, scope, role)
        if isinstance(node, exp.SetOperation):
            left, right = self.query(node.this, scope, role), self.query(node.expression, scope, role)
            return self._modified(node, combined(left, right), scope)
        if isinstance(node, exp.Subquery | exp.Paren):
            if isinstance(node.this, exp.Table):
                return list(self.relation(node, scope).everything())
            return self._modified(node, self.query(node.this, scope, role), scope)
        if isinstance(node, exp.Values):
            return self._values(node, scope)
        if isinstance(node, exp.Table):
            return list(self.relation(node, scope).everything())
        if isinstance(node, _CHANGES):
            return changes.change(self, node, scope)
        self.visit(node, role, scope)
        return []

    def with_clause(self, node: exp.Expr, scope: Scope) -> None:
        """Makes the common table expressions of a statement known; they are read when somebody asks for them.

        Those that change rows are read at once: databases run them whether or not anybody asks.
        """
        clause = node.args.get("with_")
        for cte in clause.expressions if clause else ():
            common = Common(cte, replace(scope, relations=[], outputs={}))
            if cte.args.get("scalar"):  # ClickHouse: `WITH (SELECT ..) AS name` names a value
                scope.outputs[cte.alias.lower()] = self._item(cte.this, cte.this, scope, "projected")
                continue
            if cte.this.find(*_CHANGES):
                self.common(common)
            scope.ctes = {**scope.ctes, cte.alias.lower(): common}

    def common(self, common: Common) -> Relation:
        """The rows of a common table expression; a recursive one offers what its first branch yields."""
        if common.relation is None:
            cte, scope = common.node, common.scope
            names = [column.name for column in cte.args["alias"].columns] if cte.args.get("alias") else []
            body = cte.this
            if isinstance(body, exp.SetOperation) and _mentions(body.expression, cte.alias):
                first = self.query(body.this, scope)
                common.relation = derived("", first, names)
                scope.ctes = {**scope.ctes, cte.alias.lower(): common}
            common.relation = derived("", self.query(body, scope), names)
        return common.relation

    def _select(self, node: exp.Select, scope: Scope, role: Role) -> list[Item]:
        self.from_clause(node, scope)
        if not scope.relations and not scope.outer:
            self._cut_off(node)
        items = self.select_items(node.expressions, scope, role)
        into = node.args.get("into")
        if into is not None and isinstance(into.this, exp.Table) and self.dialect not in _INTO_VARIABLES:
            passing = bool(into.args.get("temporary"))
            changes.write_rows(self, into.this, items, defines=True, passing=passing)
        distinct = node.args.get("distinct")
        if distinct is not None and distinct.args.get("on") is not None:
            self.visit(distinct.args["on"], "grouped", scope)
        plain, late = scope.plain_aliases(), Aliases.SECOND
        for key, rule in (
            ("where", plain),
            ("prewhere", plain),
            ("connect", plain),
            ("having", late),
            ("qualify", late),
        ):
            if isinstance(clause := node.args.get(key), exp.Expr):
                self.visit(clause, "filtered", scope, rule)
        for window in node.args.get("windows") or ():
            self.visit(window, role, scope)
        items = self._modified(node, items, scope)
        return [] if isinstance(into, exp.Into) else items

    def _cut_off(self, node: exp.Select) -> None:
        """Columns without FROM: the text was truncated. Only qualifiers of the select list tell of tables."""
        for column in node.find_all(exp.Column):
            if column.parent_select is not node or isinstance(column.this, exp.Star):
                continue
            if column.table:
                self.record.guessed = True
                table = ".".join(part.name for part in column.parts[:-1])
                if self.tables.may_hold(table) and not is_catalog(f"{table}."):
                    self.record.reads(table)
            elif not is_pseudo(column.name, self.dialect, quoted=bool(column.this.args.get("quoted"))):
                self.record.guessed = True
                self.record.uses([Origin(None, column.name, certain=False)], "projected")

    def _modified(self, node: exp.Expr, items: list[Item], scope: Scope) -> list[Item]:
        """GROUP BY, ORDER BY and their kin: ordinals and names of outputs count."""
        for item in items:
            if item.name:
                scope.outputs.setdefault(item.name.lower(), item)
        group = node.args.get("group")
        if group is not None:
            self._listed(group, "grouped", Aliases.SECOND, items, scope)
            if group.args.get("all"):
                for expression in node.expressions:
                    if not expression.find(exp.AggFunc):
                        self.select_items([expression], scope, "grouped")
        for key in ("order", "sort", "cluster", "distribute"):
            if isinstance(clause := node.args.get(key), exp.Expr):
                self._listed(clause, "ordered", Aliases.FIRST, items, scope)
        return items

    def _listed(self, clause: exp.Expr, role: Role, rule: Aliases, items: Sequence[Item], scope: Scope) -> None:
        for child in clause.iter_expressions():
            value = child.this if isinstance(child, exp.Ordered) else child
            if isinstance(value, exp.Literal) and not value.is_string and value.name.isdigit():
                position = int(value.name) - 1
                if 0 <= position < len(items) and not any(item.name == STAR for item in items[: position + 1]):
                    self.record.uses(items[position].origins, role)
            elif isinstance(value, exp.Var) and value.name.upper() == "ALL":
                self.record.uses([origin for item in items for origin in item.origins], role)
            else:
                self.visit(value, role, scope, rule if isinstance(value, exp.Column) else Aliases.SECOND)

    def _values(self, node: exp.Values, scope: Scope) -> list[Item]:
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
        columns: list[Item] = []
        for row in rows:
            found = [replace(item, name=None) for item in self.select_items(row, scope, "projected")]
            columns = combined(columns, found) if columns else found
        alias = node.args.get("alias")
        names = [column.name for column in alias.columns] if alias else []
        return [replace(item, name=names[i] if i < len(names) else None) for i, item in enumerate(columns)]

    # ---- result columns -------------------------------------------------------------------------------------------

    def select_items(self, expressions: Sequence[exp.Expr], scope: Scope, role: Role) -> list[Item]:
        """The result columns of a select list, stars expanded where the columns are known."""
        items: list[Item] = []
        for expression in expressions:
            inner = expression.unalias()
            star = inner if isinstance(inner, exp.Star) else inner.this if isinstance(inner, exp.Column) else None
            if isinstance(star, exp.Star):
                items += self._expanded(star, inner, scope, role)
                continue
            if (several := special.special_items(self, inner, scope, role)) is not None:
                items += several
                continue
            item = self._item(expression, inner, scope, role)
            items.append(item)
            if item.name and isinstance(expression, exp.Alias):
                scope.outputs.setdefault(item.name.lower(), item)
            if isinstance(expression, exp.Aliases):
                items += [Item(alias.name, item.origins) for alias in expression.aliases]
        return items

    def _item(self, expression: exp.Expr, inner: exp.Expr, scope: Scope, role: Role) -> Item:
        bare = inner
        while isinstance(bare, exp.Paren):
            bare = bare.this
        alias = "" if isinstance(expression, exp.Window) else expression.alias  # of a window: the name after OVER
        name = alias or (bare.name if isinstance(bare, exp.Column | exp.Dot) else "") or None
        if isinstance(bare, exp.Subquery):
            found = self.query(bare, scope, role)
            return Item(name, NO_ORIGINS.union(*(item.origins for item in found)), len(found) == 1 and found[0].direct)
        rule = scope.plain_aliases()
        if isinstance(bare, exp.Column) and not isinstance(bare.this, exp.Star):
            found_column = scope.find(bare, rule)
            self.record.uses(found_column.origins, role)
            return Item(name, found_column.origins, found_column.direct)
        return Item(name, self.visit(inner, role, scope, rule))

    def _expanded(self, star: exp.Star, inner: exp.Expr, scope: Scope, role: Role) -> list[Item]:
        qualifier = ".".join(part.name for part in inner.parts[:-1]) if isinstance(inner, exp.Column) else ""
        named = scope.named(qualifier) if qualifier else None
        relations = [named] if named else [] if qualifier else scope.relations
        dropped = {column.name.lower() for column in star.args.get("except_") or ()}
        renamed = {alias.this.name.lower(): alias.alias for alias in star.args.get("rename") or ()}
        replaced = {alias.alias.lower(): alias for alias in star.args.get("replace") or ()}
        items, seen = [], set()
        for item in (item for relation in relations for item in relation.everything()):
            folded = (item.name or "").lower()
            if folded in dropped or (folded in scope.merged and folded in seen):
                continue
            seen.add(folded)
            if folded in replaced:
                item = self._item(replaced[folded], replaced[folded].this, scope, role)
            else:
                self.record.uses(item.origins, role)
            items.append(replace(item, name=renamed.get(folded, item.name)))
            if len(items) > _MOST_COLUMNS:  # stars of stars double with every step
                raise TooComplexError
        return items

    # ---- row sources, see sources.py ------------------------------------------------------------------------------

    def from_clause(self, node: exp.Expr, scope: Scope) -> None:
        """Fills a scope with the row sources of a query."""
        sources.from_clause(self, node, scope)

    def source(self, node: exp.Expr, scope: Scope) -> None:
        """Puts one row source into a scope, with the joins that hang on it."""
        sources.source(self, node, scope)

    def joins(self, node: exp.Expr, scope: Scope) -> None:
        """Puts the row sources joined to a node into a scope."""
        sources.joins(self, node, scope)

    def relation(self, node: exp.Expr, scope: Scope) -> Relation:
        """What a FROM item offers under which name."""
        return sources.relation(self, node, scope)

    def beside(self, scope: Scope) -> Scope:
        """What a row source may see: the same common table expressions, but not its neighbours."""
        return replace(self.scope(scope.outer), ctes=scope.ctes)

    # ---- expressions ----------------------------------------------------------------------------------------------

    def visit(self, node: exp.Expr, role: Role, scope: Scope, aliases: Aliases = Aliases.LAST) -> Origins:
        """Records the role of every column in an expression; returns all origins of its value."""
        found: set[Origin] = set()
        waiting: list[tuple[exp.Expr, Role]] = [(node, role)]
        while waiting:
            current, its_role = waiting.pop()
            if isinstance(current, exp.Column):
                found |= self._column(current, its_role, scope, aliases)
            elif isinstance(current, exp.In) and special.table_in(self, current, scope):
                waiting.append((current.this, its_role))
            elif isinstance(current, exp.Exists):
                self.query(special.asked(current), scope, "filtered")
            elif isinstance(current, (*_QUERIES, *_CHANGES)):
                for item in self.query(current, scope, its_role):
                    found |= item.origins
            elif isinstance(
                current, exp.JSONExtract | exp.JSONExtractScalar | exp.JSONBExtract | exp.JSONBExtractScalar
            ):
                root, path = json_path(current)
                origins = self.visit(root, its_role, scope, aliases)
                if path:
                    self.record.uses(
                        [replace(origin, column=f"{origin.column}.{path}") for origin in origins], its_role
                    )
                found |= origins
            elif isinstance(current, exp.Window):
                for window in (current, *_named_window(current)):
                    waiting += [(part, "grouped") for part in window.args.get("partition_by") or ()]
                    waiting += [(window.args["order"], its_role)] if window.args.get("order") else []
                waiting.append((current.this, its_role))
            elif isinstance(current, exp.WithinGroup):  # its order is what the aggregate takes its value from
                waiting += [(current.this, its_role), (current.expression, its_role)]
                if not isinstance(current.this, exp.GroupConcat | exp.ArrayAgg):
                    waiting += [(ordered.this, its_role) for ordered in current.expression.expressions]
            elif isinstance(current, exp.Order):
                if isinstance(current.this, exp.Expr):
                    waiting.append((current.this, its_role))
                waiting += [(part, "ordered") for part in current.expressions]
            elif isinstance(current, exp.Where):
                waiting.append((current.this, "filtered"))
            elif (kept := kept_by(current)) != "whole":
                for child in current.iter_expressions():
                    found |= weakened(self.visit(child, its_role, scope, aliases), kept)
            else:
                waiting += [(child, its_role) for child in current.iter_expressions()]
        return frozenset(found)

    def _column(self, column: exp.Column, role: Role, scope: Scope, aliases: Aliases) -> Origins:
        if isinstance(column.this, exp.Star):
            if isinstance(column.parent, exp.Count):
                return NO_ORIGINS
            relation = scope.named(column.table)
            origins = NO_ORIGINS.union(*(item.origins for item in relation.everything())) if relation else NO_ORIGINS
        else:
            origins = scope.find(column, aliases).origins
        self.record.uses(origins, role)
        return origins


def _named_window(window: exp.Window) -> list[exp.Expr]:
    """What the WINDOW clause says of `OVER name` or `OVER (name ..)`."""
    select = window.find_ancestor(exp.Select)
    defined = select.args.get("windows") or () if select and window.alias else ()
    return [each for each in defined if each is not window and each.name.lower() == window.alias.lower()]


def _mentions(node: exp.Expr, name: str) -> bool:
    tables = node.find_all(exp.Table)
    return any(not table.args.get("db") and table.name.lower() == name.lower() for table in tables)


def combined(left: Sequence[Item], right: Sequence[Item]) -> list[Item]:
    """The result columns of a set operation: by position, under the names of the left side."""
    if len(left) != len(right) or any(item.name == STAR for item in [*left, *right]):
        longer, extra = list(left), [item for item in right if item.name == STAR]
        return [*longer, *extra] if left else list(right)
    return [Item(a.name, a.origins | b.origins) for a, b in zip(left, right, strict=True)]
