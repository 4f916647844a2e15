"""From the journal to the index, each entry once, whatever is killed in between."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from auditor.index.store import Store
from auditor.intake import Intake, batches, flows
from auditor.intake.journal import Entry, read_entries, read_name
from auditor.live.flowbook import FlowBook
from auditor.telemetry.network_flows import FlowPoint
from auditor.telemetry.spans import SpanBatch

_AT_ONCE = 2_000  # entries


class Transfer:
    """Moves what was received. The index knows by its keys, the book of flows by its own count, how far it has come."""

    def __init__(self, intake: Intake, store: Store, book: FlowBook) -> None:
        self._intake, self._store, self._book = intake, store, book
        self._name = read_name(intake.folder)
        key = store.last_key(self._prefix)
        self.done = int(key.removeprefix(self._prefix)) if key else 0

    @property
    def _prefix(self) -> str:
        return f"received {self._name} "

    def move(self) -> bool:
        """Move what waits, at most so much at once. Whether there is more."""
        entries = list(islice(read_entries(self._intake.folder, self.done), _AT_ONCE))
        if not entries:
            return False
        last = entries[-1].id
        taken = self._book.taken(self._name)
        self._book.add(self._name, last, _points(entry for entry in entries if entry.id > taken))
        self._store.add(f"{self._prefix}{last:020d}", spans_of(iter(entries)))
        self.done = last
        self._intake.release(last)
        return len(entries) == _AT_ONCE


def spans_of(entries: Iterator[Entry]) -> Iterator[SpanBatch]:
    """The spans of entries."""
    for entry in entries:
        if entry.content == "spans":
            yield batches.unpacked(entry.body)


def _points(entries: Iterator[Entry]) -> Iterator[FlowPoint]:
    for entry in entries:
        if entry.content == "flows":
            yield from flows.unpacked(entry.body)
