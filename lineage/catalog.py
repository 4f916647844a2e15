"""The catalog: which declared tables belong to which store, and what statements teach where nothing is declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lineage.names import short_name
from lineage.system import StoreSeen
from lineage.tables import CatalogTable, Column, Table

Place = tuple[str, str]  # a store, and a table's name in small letters


@dataclass(frozen=True, slots=True)
class Declared:
    """A table from a schema file; `store` is set when the user said which store the file belongs to."""

    table: Table
    store: str | None = None


class Catalog:
    """Declared tables seen from the stores that telemetry shows. Look-ups ignore case and missing qualification."""

    def __init__(self, declared: Sequence[Declared], stores: Iterable[StoreSeen]) -> None:
        self._stores = {store.name: store for store in stores}
        self._candidates: dict[str, dict[str, CatalogTable]] = {name: {} for name in self._stores}
        self._unplaced: list[Declared] = []
        self._used: dict[Place, CatalogTable] = {}
        self._called: dict[tuple[str, str], Place] = {}  # (store, what a statement calls a table) -> the table it means
        self._columns: dict[Place, dict[str, str]] = {}  # of tables in use: names in small letters -> as they are
        for item in declared:
            targets = self._targets(item)
            if not targets:
                self._unplaced.append(item)
            for store in targets:
                placed = CatalogTable(
                    store, short_name(item.table.name), item.table.columns, True, item.table.comment, item.table.source
                )
                known = self._candidates[store].get(placed.name.lower())
                self._candidates[store][placed.name.lower()] = _merge(known, placed) if known else placed

        self._schemas = {
            store: {t.name: [c.name for c in t.columns] for t in tables.values() if t.columns}
            for store, tables in self._candidates.items()
        }
        self._sure = {(store, short_name(i.table.name).lower()) for i in declared for store in self._sure_targets(i)}

    def _sure_targets(self, item: Declared) -> list[str]:
        if item.store is not None:
            return [item.store] if item.store in self._stores else []
        return [s.name for s in self._stores.values() if item.table.database and _is_database(s, item.table.database)]

    def _targets(self, item: Declared) -> list[str]:
        """A file bound to a store declares that store; a file's own word comes next; else any store may hold it."""
        sure = self._sure_targets(item)
        return sure if sure or item.store is not None else list(self._stores)

    def schema(self, store: str) -> Mapping[str, Sequence[str]]:
        """Tables a statement on this store may mean: table name to column names in declared order.

        The same object each time, so that what was worked out for one statement serves the next.
        """
        return self._schemas.get(store, {})

    def table(self, store: str, name: str) -> CatalogTable:
        """The table that a statement on `store` calls `name`; an undeclared one is made up from its name alone."""
        return self._used[self._place(store, name)]

    def _place(self, store: str, name: str) -> Place:
        place = self._called.get((store, name))
        if place is None:
            table = self._found(store, name)
            place = self._called[store, name] = (store, table.name.lower())
            if place not in self._used:
                self._used[place] = table
                names = reversed([column.name for column in table.columns])
                self._columns[place] = {column.lower(): column for column in names}  # the first of equal ones counts
        return place

    def _found(self, store: str, name: str) -> CatalogTable:
        short = short_name(name)
        candidates = self._candidates.get(store, {})
        found = candidates.get(short.lower())
        if found is None and "." in short:
            found = candidates.get(short.rpartition(".")[2].lower())
        if found is None:
            suffix = "." + short.lower()
            matches = [table for key, table in candidates.items() if key.endswith(suffix)]
            found = matches[0] if len(matches) == 1 else None
        return found or CatalogTable(store, short.lower() if short.isupper() else short, (), False)

    def field(self, store: str, table: str, column: str) -> str:
        """`store/table.column` of a column of a table, as a statement on `store` calls them."""
        place = self._place(store, table)
        return f"{store}/{self._used[place].name}.{self._columns[place].get(column.lower(), column)}"

    def learn(self, store: str, table: str, column: str) -> None:
        """Remember a column that a statement names on a table without DDL."""
        place = self._place(store, table)
        known = self._used[place]
        if not known.declared and column.lower() not in self._columns[place]:
            self._used[place] = replace(known, columns=(*known.columns, Column(column)))
            self._columns[place][column.lower()] = column

    def tables(self) -> list[CatalogTable]:
        """All tables: those used, and declared ones that nobody used, each under the store it surely or likely is in.

        A declared table that no statement touched goes to the store its file names, else to the one store that uses
        its file's other tables, else to a store named after the file.
        """
        result = dict(self._used)
        homes: dict[str, set[str]] = defaultdict(set)
        for table in self._used.values():
            if table.declared:
                homes[table.source].add(table.store)
        for store, tables in self._candidates.items():
            for key, table in tables.items():
                if (store, key) in self._sure or homes[table.source] == {store}:
                    result.setdefault((store, key), table)
        placed = {(table.source, table.name.lower()) for table in result.values()}
        strays = [t for tables in self._candidates.values() for t in tables.values()]
        strays += [
            CatalogTable("", short_name(i.table.name), i.table.columns, True, i.table.comment, i.table.source)
            for i in self._unplaced
        ]
        named = {(i.table.source, short_name(i.table.name).lower()): i for i in self._unplaced}
        for table in strays:
            if (table.source, table.name.lower()) in placed:
                continue
            placed.add((table.source, table.name.lower()))
            item = named.get((table.source, table.name.lower()))
            store = (item and (item.store or item.table.database)) or _stem(table.source)
            result.setdefault((store, table.name.lower()), replace(table, store=store))
        return sorted(result.values(), key=lambda t: (t.store, t.name))


def _is_database(store: StoreSeen, database: str) -> bool:
    names = {store.name.lower(), (store.namespace or "").lower(), store.name.lower().rpartition("/")[2]}
    names |= {host.lower().partition(":")[0] for host in store.hosts} if not store.namespace else set()
    return database.lower() in names


def _merge(first: CatalogTable, second: CatalogTable) -> CatalogTable:
    known = {column.name.lower() for column in first.columns}
    extra = tuple(column for column in second.columns if column.name.lower() not in known)
    return replace(first, columns=first.columns + extra)


def _stem(source: str) -> str:
    return source.rpartition("/")[2].partition(".")[0] or "schema"
