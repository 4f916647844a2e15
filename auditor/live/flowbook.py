"""Network flows that were received, added up by connection, kept in the service's folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import orjson

from auditor.telemetry.network_flows import FlowPoint
from lineage.dark import Connection

FILE = "flows.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS taken (journal TEXT PRIMARY KEY, entry INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS flow (
    connection BLOB NOT NULL, series TEXT NOT NULL, amount INTEGER NOT NULL, seen REAL NOT NULL,
    PRIMARY KEY (connection, series)
) WITHOUT ROWID;
"""
# A cumulative series says each time how much it is in all; of others the amounts add up, under no series.
_ADD = """
INSERT INTO flow VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET seen = max(seen, excluded.seen),
amount = CASE WHEN series = '' THEN amount + excluded.amount ELSE max(amount, excluded.amount) END
"""


class FlowBook:
    """One writer. Raises sqlite3.Error for what the disk or the file does."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_TABLES)

    def taken(self, journal: str) -> int:
        """The last entry of a journal that is in here."""
        row = self._db.execute("SELECT entry FROM taken WHERE journal = ?", (journal,)).fetchone()
        return int(row[0]) if row else 0

    def add(self, journal: str, entry: int, points: Iterable[FlowPoint], received: float) -> None:
        """Add the flows of a journal's entries up to this one, all or none; durable when it returns."""
        rows = [
            (_packed(p.connection), repr(p.series) if p.is_cumulative else "", p.connection.amount, received)
            for p in points
        ]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(_ADD, rows)
            self._db.execute("INSERT OR REPLACE INTO taken VALUES (?, ?)", (journal, entry))
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def connections(self) -> tuple[Connection, ...]:
        """All connections, sorted."""
        rows = self._db.execute("SELECT connection, sum(amount) FROM flow GROUP BY connection ORDER BY connection")
        return tuple(_unpacked(packed, amount) for packed, amount in rows)

    def expire(self, before: float) -> None:
        """Drop what was not seen again since a time, in seconds since the epoch."""
        self._db.execute("DELETE FROM flow WHERE seen < ?", (before,))

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _packed(connection: Connection) -> bytes:
    return orjson.dumps(asdict(connection) | {"amount": 0}, option=orjson.OPT_SORT_KEYS)


def _unpacked(packed: bytes, amount: int) -> Connection:
    known = orjson.loads(packed)
    ends = {end: tuple(known[end]) for end in ("source", "target")}
    return Connection(**known | ends | {"amount": amount})
