"""Finds the stored columns behind a column reference, in one query's scope and the scopes around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from sqlglot import exp

from lineage.sql.dialects import words
from lineage.sql.record import MASKED
from lineage.sql.relations import NOTHING, Item, Origin, Relation, Tables

_STRUCT_DIALECTS = words("bigquery spark databricks hive snowflake trino presto duckdb clickhouse redshift")
_LATERAL_ALIAS_DIALECTS = words("snowflake redshift databricks spark teradata clickhouse duckdb")
_ROW_VARIABLES = words("new old")  # of triggers
_SEQUENCE_VALUES = words("nextval currval")
# Read by the parser as columns when written without parentheses and quotes: everywhere, and where else.
_PSEUDO_COLUMNS = words(
    "current_user session_user current_date current_timestamp localtime localtimestamp current_time current_role "
    "current_catalog current_schema default true false null"
)
_FUNCTIONS = {
    "postgres": words("user nextval currval"),
    "redshift": words("user sysdate"),
    "oracle": words("user uid level sysdate systimestamp nextval currval dual"),
    "snowflake": words("nextval"),
    "tsql": words("user"),
    "teradata": words("user date time"),
    "": words("user sysdate systimestamp nextval currval dual"),
}
_ROW_ADDRESSES = {  # columns that every row has, quoted or not
    "postgres": words("ctid xmin xmax cmin cmax tableoid oid"),
    "oracle": words("rownum rowid"),
    "sqlite": words("rowid oid _rowid_"),
    "": words("rownum rowid"),
}


class Aliases(Enum):
    """When a name may mean an output of the same query: before columns, after declared columns, after all columns."""

    FIRST = auto()
    SECOND = auto()
    LAST = auto()


@dataclass(slots=True)
class Common:
    """A common table expression and the scope that its body is read in; `relation` once it has been."""

    node: exp.Expr
    scope: Scope
    relation: Relation | None = None


@dataclass(slots=True)
class Scope:
    """What names mean inside one query."""

    dialect: str
    tables: Tables
    ctes: Mapping[str, Common] = field(default_factory=dict)
    outer: Scope | None = None
    relations: list[Relation] = field(default_factory=list)
    outputs: dict[str, Item] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)  # columns of JOIN .. USING
    damaged: bool = False  # parts of the text are missing: a lone name may be half of something

    def plain_aliases(self) -> Aliases:
        """The rule for WHERE and for select items."""
        return Aliases.SECOND if self.dialect in _LATERAL_ALIAS_DIALECTS else Aliases.LAST

    def find(self, column: exp.Column, aliases: Aliases = Aliases.LAST) -> Item:
        """The item that a column reference means; without origins when it means no stored column."""
        parts = [part.name for part in column.parts]
        if any(MASKED in part for part in parts):
            return NOTHING
        if len(parts) > 1:
            return self._qualified(parts)
        return self._bare(parts[0], aliases, quoted=bool(column.this.args.get("quoted")))

    def named(self, qualifier: str) -> Relation | None:
        """The relation of that alias or table name, here or in a scope around."""
        folded = qualifier.lower()
        for scope in self._outwards():
            for relation in scope.relations:
                if relation.alias == folded:
                    return relation
            for relation in scope.relations:
                base = (relation.base or "").lower()
                if base == folded and "." in folded:  # in full, although it has an alias: still clear
                    return relation
                if (
                    base
                    and (base == folded or base.endswith("." + folded))
                    and relation.alias == base.rpartition(".")[2]
                ):
                    return relation
        return None

    def _outwards(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def _qualified(self, parts: list[str]) -> Item:
        name = parts[-1]
        for qualifier in (".".join(parts[:-1]), parts[-2]):
            relation = self.named(qualifier)
            if relation is not None and (found := relation.declared(name)) is not None:
                return found
            if relation is not None:
                address = name.lower() in _ROW_ADDRESSES.get(self.dialect, ())
                return Item(name) if address else relation.possible(name) or relation.undeclared(name)
        found = self._struct(parts)
        if found is not None:
            return Item(name, found.origins)
        if name.lower() in _SEQUENCE_VALUES or (len(parts) == 2 and parts[0].lower() in _ROW_VARIABLES):
            return NOTHING
        if not any(scope.relations for scope in self._outwards()):  # the text was cut off before FROM
            table = ".".join(parts[:-1])
            known = self.tables.may_hold(table)
            return Item(name, frozenset({Origin(table if known else None, name, certain=False)}), direct=True)
        lost = ".".join(parts[:-1])  # its join may be what is missing; undeclared, it may be an alias as well
        owner = lost if self.damaged and self.tables.columns and self.tables.may_hold(lost) else None
        return Item(name, frozenset({Origin(owner, name, certain=False)}), direct=owner is not None)

    def _struct(self, parts: list[str]) -> Item | None:
        """The column that holds a struct: `table.column.field` or `column.field`."""
        table = self.named(parts[0])
        if table is not None and len(parts) > 2:
            return table.declared(parts[1]) or table.possible(parts[1])
        return self._declared(parts[0]) or (self._possible(parts[0]) if self.dialect in _STRUCT_DIALECTS else None)

    def _bare(self, name: str, aliases: Aliases, *, quoted: bool = False) -> Item:
        output = self.outputs.get(name.lower())
        if output is not None and aliases is Aliases.FIRST:
            return output
        found = self._declared(name)
        if found is None and output is not None and aliases is Aliases.SECOND:
            return output
        if found is None and is_pseudo(name, self.dialect, quoted=quoted):
            return output or NOTHING
        found = found or self._row(name) or self._possible(name) or output
        if found is not None:
            return found
        if self.outer is not None:
            return self.outer._bare(name, Aliases.LAST, quoted=quoted)
        bases = [relation for relation in self.relations if relation.base]
        if len(bases) == 1 and len(self.relations) == 1:
            return bases[0].undeclared(name)
        return NOTHING

    def _declared(self, name: str) -> Item | None:
        hits = [item for relation in self.relations if (item := relation.declared(name))]
        if len(hits) > 1 and name.lower() not in self.merged:
            origins = frozenset(origin for item in hits for origin in item.origins)
            return hits[0] if len(origins) == len(hits[0].origins) else Item(name, _unsure(name), hits[0].direct)
        return hits[0] if hits else None

    def _row(self, name: str) -> Item | None:
        """`SELECT u FROM users u`: the whole row. A table's own name may as well be a column that no DDL told of."""
        relation = next((relation for relation in self.relations if relation.alias == name.lower()), None)
        if relation is None or (relation.open_tables and _is_unaliased(relation)):
            return None
        if self.damaged:
            return NOTHING
        if relation.other is not None:
            return relation.other
        return Item(name, frozenset(origin for item in relation.everything() for origin in item.origins))

    def _possible(self, name: str) -> Item | None:
        hits = [item for rows in self.relations if not rows.closed and (item := rows.possible(name))]
        if len(hits) > 1 and name.lower() not in self.merged:
            stored = [item for item in hits if item.origins]
            return Item(name, _unsure(name), direct=True) if len(stored) != 1 else stored[0]
        return hits[0] if hits else None


def _is_unaliased(relation: Relation) -> bool:
    return bool(relation.base) and relation.alias == (relation.base or "").lower().rpartition(".")[2]


def is_pseudo(name: str, dialect: str, *, quoted: bool) -> bool:
    """Whether a bare name, read by the parser as a column, is a function's, or of the system's column in each row."""
    folded = name.lower()
    if folded in _ROW_ADDRESSES.get(dialect, ()):
        return True
    return not quoted and (folded in _PSEUDO_COLUMNS or folded in _FUNCTIONS.get(dialect, ()))


def _unsure(name: str) -> frozenset[Origin]:
    return frozenset({Origin(None, name, certain=False)})
