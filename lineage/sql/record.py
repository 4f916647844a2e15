"""Collects what a statement touches while it is being read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from lineage.model import Role
from lineage.sql.facts import ColumnUse, Output, Parse, StatementFacts
from lineage.sql.relations import KEPT, STAR, Item, Kept, Origin, Relation, refilled

MASKED = "?"
_CATALOG_SCHEMAS = frozenset({"pg_catalog", "information_schema", "performance_schema", "mysql", "sys", "sysibm"})
_KEYWORDS = frozenset({"table", "select", "from", "where"})
_CATALOG_PREFIXES = ("pg_", "sqlite_", "v$", "dba_", "all_tab", "user_tab", "sys.")


class Record:
    """The facts of one text, still growing. Names are compared without case; the first spelling is kept."""

    def __init__(self) -> None:
        self._read: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self._uses: dict[tuple[str | None, str, Role], ColumnUse] = {}
        self.outputs: list[Output] = []
        self.guessed = False  # a part of the text is evidently missing
        self._made: dict[str, Relation] = {}  # views, temporary tables and copies that this text made itself
        self._passing: set[str] = set()  # of those, the ones that end with the session

    def reads(self, table: str) -> None:
        """A table is a source of rows."""
        if _is_name(table):
            self._read.setdefault(table.lower(), table)

    def reads_not(self, table: str) -> None:
        """A table in FROM turned out to be the one that is changed."""
        self._read.pop(table.lower(), None)

    def writes(self, table: str) -> None:
        """A table's rows or the table itself are changed."""
        if _is_name(table):
            self._written.setdefault(table.lower(), table)

    def makes(self, table: str, relation: Relation, *, passing: bool = False) -> None:
        """The text itself made a table or view: whoever reads it later in the text reads what it was made from.

        `passing`: it ends with the session.
        """
        self._made[table.lower()] = relation
        if passing:
            self._passing.add(table.lower())

    def goes_on(self) -> None:
        """Another text of the same session follows: of the one before, what is left is its temporary tables."""
        self._made = {name: relation for name, relation in self._made.items() if name in self._passing}
        self._read, self._written, self._uses, self.outputs, self.guessed = {}, {}, {}, [], False

    def made(self, table: str) -> Relation | None:
        """The rows of a table or view that the text made before."""
        return self._made.get(table.lower())

    def fills(self, table: str, items: Sequence[Item], columns: Sequence[str]) -> None:
        """Rows are added to a table; one that the text made takes on their origins."""
        relation = self.made(table)
        if relation is not None:
            self._made[table.lower()] = refilled(relation, items, columns)

    def renames(self, old: str, new: str) -> None:
        """A table changes its name: one that the text wrote to is written under its new name alone."""
        if self._written.pop(old.lower(), None) is None:
            self.reads(old)
        self.writes(new)

    def drops(self, table: str) -> None:
        """A table goes: one that the text made itself was only a step on the way, and leaves no trace."""
        folded = table.lower()
        if self._made.pop(folded, None) is None:
            self.writes(table)
            return
        self._written.pop(folded, None)
        self._uses = {key: use for key, use in self._uses.items() if key[0] != folded}
        self.outputs = [out for out in self.outputs if (out.target or "").lower().rpartition(".")[0] != folded]

    def uses(self, origins: Iterable[Origin], role: Role) -> None:
        """Stored columns appear in a role; one sure sight is enough to be sure."""
        for origin in origins:
            if MASKED in origin.column or (origin.table and MASKED in origin.table):
                continue
            key = (origin.table.lower() if origin.table else None, origin.column.lower(), role)
            known = self._uses.get(key)
            if known is None or (origin.certain and not known.certain):
                self._uses[key] = ColumnUse(origin.table, origin.column, role, origin.certain)

    def yields(self, items: Sequence[Item], table: str | None = None, columns: Sequence[str] = ()) -> None:
        """Result columns; or, given a table, columns written by position, by name where no columns are listed."""
        starred = any(item.name == STAR for item in items)
        for position, item in enumerate(items):
            by_position = position < len(columns) and not starred
            column = columns[position] if by_position else item.name
            target = f"{table}.{column or STAR}" if table else None
            kept: dict[str, Kept] = {}
            for origin in item.origins:
                if origin.table and MASKED not in origin.column:
                    source = f"{origin.table}.{origin.column}"
                    kept[source] = min(origin.kept, kept.get(source, origin.kept), key=KEPT.index)
            sources = tuple(sorted(kept))
            name = item.name if item.name and MASKED not in item.name else None
            direct = item.direct and bool(sources)
            remains = tuple(kept[source] for source in sources)
            self.outputs.append(Output(column if table else name, target, direct, sources, remains))

    def facts(self, parse: Parse, session_only: bool) -> StatementFacts:
        """The finished facts; `session_only`: every statement of the text was a session command."""
        read, written = sorted(self._read.values()), sorted(self._written.values())
        certain = parse == "full"
        uses = [use if certain else ColumnUse(use.table, use.column, use.role, False) for use in self._uses.values()]
        catalogs = all(is_catalog(table) for table in read)
        return StatementFacts(
            parse,
            tuple(read),
            tuple(written),
            tuple(sorted(uses, key=lambda use: (use.table or "", use.column, use.role))),
            tuple(self.outputs),
            parse == "full" and not written and (session_only or (catalogs and bool(read or not uses))),
            tuple(table for table in written if table.lower() in self._passing or is_passing(table)),
        )


def _is_name(table: str) -> bool:
    """Not masked, and not a keyword that a damaged text put where a table was expected."""
    return bool(table) and MASKED not in table and table.lower() not in _KEYWORDS


def is_passing(table: str) -> bool:
    """Whether a table's name alone says that it ends with the session: `#t`, `@t` of Transact-SQL, also by schema."""
    return table.rpartition(".")[2][:1] in ("#", "@") or table.lower().startswith(("pg_temp.", "session."))


def is_catalog(table: str) -> bool:
    """Whether a table belongs to the database system itself."""
    schema, _, name = table.lower().rpartition(".")
    return schema.rpartition(".")[2] in _CATALOG_SCHEMAS or name.startswith(_CATALOG_PREFIXES)


def table_name(table: exp.Expr) -> str:
    """A table's name as written, without quotes: `catalog.schema.table`."""
    parts = [_part(part) for part in table.parts] if isinstance(table, exp.Table) else [table.name]
    return ".".join(part for part in parts if part)


def _part(part: exp.Expr) -> str:
    """The marks of Transact-SQL's temporary tables and table variables belong to their names: `#t` is not `t`."""
    mark = "#" if part.args.get("temporary") else "##" if part.args.get("global_") else ""
    mark = "@" if isinstance(part, exp.Parameter) else mark
    return mark + part.name
