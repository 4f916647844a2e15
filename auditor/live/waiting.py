"""What waits in the journal, as much of it at once as memory should hold."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.intake import batches
from auditor.intake.journal import Entry, read_entries
from auditor.operation.logs import tell
from auditor.telemetry.spans import SpanBatch

MOST = 200_000  # spans and flows at once
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Spans that were received together: the id of their entry, when (seconds since the epoch), and they."""

    entry: int
    at: float
    batch: SpanBatch


def portion(folder: Path, after: int, most: int = MOST) -> tuple[list[Entry], bool]:
    """(the entries with ids above `after`, in order, as many as hold about `most` items; whether these are all)."""
    entries: list[Entry] = []
    items = 0
    for entry in read_entries(folder, after):
        entries.append(entry)
        items += entry.items
        if items >= most:
            return entries, False
    return entries, True


def arrived(entries: list[Entry]) -> Iterator[Arrived]:
    """The spans of entries. One that is damaged costs itself, and is told."""
    for entry in entries:
        if entry.content == "spans":
            try:
                batch = batches.unpacked(entry.body)
            except (ValueError, OSError):  # pyarrow's own errors are among these
                tell(_log, logging.ERROR, "an entry of the journal is damaged", entry=entry.id, spans=entry.items)
                continue
            yield Arrived(entry.id, entry.received, batch)
