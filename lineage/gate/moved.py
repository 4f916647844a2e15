"""Renames: what is called something else now keeps what was decided about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lineage.audit import Audit
from lineage.diff import exposure_id, leak_id
from lineage.model import Party

MovedKind = Literal["service", "store", "outsider", "channel", "table", "column"]
MOVED_KINDS: tuple[MovedKind, ...] = ("service", "store", "outsider", "channel", "table", "column")


@dataclass(frozen=True, slots=True, order=True)
class Moved:
    """`source` is called `target` now. A table is `store/table`, a column `store/table.column`."""

    kind: MovedKind
    source: str
    target: str


class Renames:
    """All renames together: chains are followed, circles end."""

    def __init__(self, moved: Sequence[Moved]) -> None:
        self._moved = tuple(moved)

    def former(self, kind: str, name: str) -> tuple[str, ...]:
        """Every name that it had before, the latest first."""
        found: list[str] = []
        names = [name]
        while names:
            now = names.pop(0)
            for one in self._moved:
                if one.kind == kind and one.target == now and one.source not in (name, *found):
                    found.append(one.source)
                    names.append(one.source)
        return tuple(found)

    def current(self, kind: str, name: str) -> str:
        """What it is called now."""
        seen = {name}
        while True:
            following = next((m.target for m in self._moved if m.kind == kind and m.source == name), None)
            if following is None or following in seen:
                return name
            seen.add(following)
            name = following

    def field(self, field: str) -> str:
        """The id of a field (`store/table.column`) after its column, table and store were renamed."""
        field = self.current("column", field)
        table, dot, column = field.rpartition(".")
        table = self.current("table", table)
        store, slash, rest = table.rpartition("/")
        return f"{self.current('store', store)}{slash}{rest}{dot}{column}"

    def ids(self, audit: Audit) -> dict[str, tuple[str, ...]]:
        """For each exposure and leak of the audit (by id) the ids that it had under former names."""
        found = {}
        for e in audit.exposures:
            found[e.id] = tuple(exposure_id(e.category, p) for p in self._parties(e.sink))
        for leak in audit.leaks:
            id_ = leak_id(leak.service, leak.attribute, leak.category)
            services = self.former("service", leak.service)
            found[id_] = tuple(leak_id(service, leak.attribute, leak.category) for service in services)
        return found

    def seen(self, audit: Audit) -> set[str]:
        """The ids of everything in the audit, with those under former names."""
        return {id_ for now, before in self.ids(audit).items() for id_ in (now, *before)}

    def _parties(self, sink: Party) -> Iterator[Party]:
        for name in self.former(sink.kind, sink.name):
            yield Party(sink.kind, name)
