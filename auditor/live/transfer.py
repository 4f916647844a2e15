"""From the journal to the index, each entry once, whatever is killed in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from auditor.index.store import Store
from auditor.intake import flows
from auditor.intake.journal import Entry, read_name
from auditor.live.flowbook import FlowBook
from auditor.live.waiting import arrived, portion
from auditor.telemetry.network_flows import FlowPoint


class Transfer:
    """Moves what was received. The index knows by its keys, the book of flows by its own count, how far it has come.

    Raises AuditorError, OSError or sqlite3.Error; what was not moved then is moved the next time.
    """

    def __init__(self, journal: Path, store: Store, book: FlowBook) -> None:
        self._journal, self._store, self._book = journal, store, book
        self._name = ""
        self.done = 0  # all entries up to this one are in the index

    def find(self) -> None:
        """See how far it has come. A journal that cannot be read yet is an error, so that nothing is moved twice."""
        if not self._name:
            name = read_name(self._journal)
            key = self._store.last_key(_prefix(name))
            self.done = int(key.removeprefix(_prefix(name))) if key else 0
            self._name = name

    def move(self) -> bool:
        """Move what waits, or the first part of it. Whether there may be more."""
        entries, is_all = portion(self._journal, self.done)
        if entries:
            last = entries[-1].id
            taken = self._book.taken(self._name)
            new = [entry for entry in entries if entry.id > taken]
            self._book.add(self._name, last, _points(new), entries[-1].received)
            prefix = _prefix(self._name)
            self._store.add(f"{prefix}{last:020d}", (each.batch for each in arrived(entries)), replaces=prefix)
            self.done = last
        return not is_all


def _prefix(name: str) -> str:
    return f"received {name} "


def _points(entries: list[Entry]) -> Iterator[FlowPoint]:
    for entry in entries:
        if entry.content == "flows":
            yield from flows.unpacked(entry.body)
