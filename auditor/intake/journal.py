"""The journal: what was acknowledged, on disk, until the store takes it over. SQLite, written by one connection.

A commit holds entries (redacted spans or network flows), the keys by which a resend is known, and counts; all of it
or nothing. `synchronous=FULL` with a write-ahead log: a commit that returned survives a kill and a power cut.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from auditor.errors import ConfigError
from auditor.intake.counters import Count, Counters
from auditor.intake.messages import Outcome, Reason
from auditor.intake.seen import Keys

FILE = "journal.sqlite"
VERSION = 1
Content = Literal["spans", "flows"]
_PAGE = 8192
_BUSY_SECONDS = 2.0
_TABLES = """
CREATE TABLE meta (version INTEGER NOT NULL, name TEXT NOT NULL, secret BLOB NOT NULL);
CREATE TABLE entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received REAL NOT NULL, content TEXT NOT NULL, items INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE seen (received REAL NOT NULL, keys BLOB NOT NULL);
CREATE TABLE counter (
    signal TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, requests INTEGER NOT NULL,
    items INTEGER NOT NULL, PRIMARY KEY (signal, outcome, reason)
) WITHOUT ROWID;
"""
_COUNT = """
INSERT INTO counter VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET requests = requests + excluded.requests, items = items + excluded.items
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit's spans or flows. `id` rises; `received` is in seconds since the epoch."""

    id: int
    received: float
    content: Content
    items: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What one commit puts in: (content, items, body) each, keys, counts."""

    entries: Sequence[tuple[Content, int, bytes]]
    keys: Keys
    counts: Counters


class Journal:
    """The one writer. Raises sqlite3.Error for what the disk or the file does; ConfigError for a newer version."""

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        path.touch(0o600)
        self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            self.name, self.secret = self._open()
        except BaseException:
            self._db.close()
            raise

    def _open(self) -> tuple[str, bytes]:
        db = self._db
        db.execute(f"PRAGMA page_size = {_PAGE}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA journal_size_limit = 67108864")
        db.execute("BEGIN IMMEDIATE")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            for statement in _TABLES.split(";\n"):
                db.execute(statement)
            db.execute("INSERT INTO meta VALUES (?, ?, ?)", (VERSION, secrets.token_hex(8), secrets.token_bytes(32)))
        db.execute("COMMIT")
        version, name, secret = db.execute("SELECT version, name, secret FROM meta").fetchone()
        if version > VERSION:
            raise ConfigError(
                f"{FILE} was written by a newer auditor (version {version}): use that one, or a new folder"
            )
        return name, secret

    def commit(self, written: Written, now: float, forget_before: float, released: int) -> None:
        """Write durably. Keys older than `forget_before` and entries up to the id `released` go."""
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            db.execute("DELETE FROM entry WHERE id <= ?", (released,))
            db.execute("DELETE FROM seen WHERE received < ?", (forget_before,))
            for content, items, body in written.entries:
                db.execute(
                    "INSERT INTO entry (received, content, items, body) VALUES (?, ?, ?, ?)",
                    (now, content, items, body),
                )
            if len(written.keys):
                db.execute("INSERT INTO seen VALUES (?, ?)", (now, written.keys.tobytes()))
            db.executemany(_COUNT, ((*kind, count.requests, count.items) for kind, count in written.counts))
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def seen(self, since: float) -> Iterator[tuple[float, Keys]]:
        """The keys since a time, oldest first."""
        for received, keys in self._db.execute(
            "SELECT received, keys FROM seen WHERE received >= ? ORDER BY rowid", (since,)
        ):
            yield received, np.frombuffer(keys, np.uint64)

    def counters(self) -> Counters:
        """All that was ever counted."""
        rows = self._db.execute("SELECT signal, outcome, reason, requests, items FROM counter")
        return Counters(
            {(signal, Outcome(outcome), Reason(reason)): Count(*counts) for signal, outcome, reason, *counts in rows}
        )

    def bytes_used(self) -> int:
        """Bytes of the pages in use: what was released and not yet written again does not count."""
        pages, free = (self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        return int(pages - free) * _PAGE

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in."""
        self._db.close()


def read_entries(folder: Path, after: int = 0) -> Iterator[Entry]:
    """The entries that wait, those with ids above `after`, in order; from any process, while another writes."""
    place = f"{(folder / FILE).absolute().as_uri()}?mode=ro"
    db = sqlite3.connect(place, uri=True, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        while row := db.execute("SELECT * FROM entry WHERE id > ? ORDER BY id LIMIT 1", (after,)).fetchone():
            yield Entry(*row)
            after = row[0]
    finally:
        db.close()


def read_name(folder: Path) -> str:
    """The name that a journal got when it was made: ids of entries are unique together with it."""
    db = sqlite3.connect(f"{(folder / FILE).absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
    try:
        return str(db.execute("SELECT name FROM meta").fetchone()[0])
    finally:
        db.close()
