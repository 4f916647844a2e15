"""What was raised and what was delivered, in SQLite: one file, one writer, on disk before anything is told."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

from auditor.errors import ConfigError
from auditor.notify.model import Batch, News
from lineage.audit import Exposure
from reports.text import visible

VERSION = 1
_COLUMNS = "number, id, category, sink_kind, sink, state, evidence, sensitivity, raised"
_SCHEMA = """
CREATE TABLE news (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, category TEXT NOT NULL, sink_kind TEXT NOT NULL,
    sink TEXT NOT NULL, state TEXT NOT NULL, evidence TEXT NOT NULL, sensitivity TEXT NOT NULL, raised TEXT NOT NULL
) STRICT;
CREATE TABLE delivery (  -- of the webhook: news up to `done` are dealt with, those up to `batch` are on their way
    one INTEGER PRIMARY KEY CHECK (one = 1), done INTEGER NOT NULL, batch INTEGER NOT NULL,
    attempts INTEGER NOT NULL, due REAL NOT NULL
) STRICT;
INSERT INTO delivery VALUES (1, 0, 0, 0, 0);
CREATE TABLE outcomes (outcome TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
"""


class NewsStore:
    """Raises ConfigError when the file cannot be opened, is damaged or of a later version."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))  # its journals have its mode
            self._base = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
            self._prepare(path)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"{path}: cannot be used ({type(error).__name__}); restore it, or move it away and start afresh"
            ) from None

    def add(self, exposures: Iterable[Exposure], raised: str) -> tuple[News, ...]:
        """Those that were never raised before, now raised. Raises sqlite3.Error, and then nothing was."""
        rows = [
            (e.id, visible(e.category), e.sink.kind, visible(e.sink.name), e.state, e.evidence, e.sensitivity, raised)
            for e in exposures
        ]
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            (before,) = self._base.execute("SELECT coalesce(max(number), 0) FROM news").fetchone()
            self._base.executemany(
                "INSERT OR IGNORE INTO news (id, category, sink_kind, sink, state, evidence, sensitivity, raised)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            return self._news("WHERE number > ? ORDER BY number", before)

    def latest(self, limit: int) -> tuple[News, ...]:
        """The newest first."""
        with self._lock:
            return self._news("ORDER BY number DESC LIMIT ?", limit)

    def due(self, now: float, most: int) -> Batch | None:
        """What the webhook is to be told now: the batch that failed before, or else the next, of at most `most`."""
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            done, end, attempts, due = self._base.execute("SELECT done, batch, attempts, due FROM delivery").fetchone()
            if due > now:
                return None
            if end <= done:
                news = self._news("WHERE number > ? ORDER BY number LIMIT ?", done, most)
                if news:
                    self._base.execute("UPDATE delivery SET batch = ?, attempts = 0", (news[-1].number,))
            else:
                news = self._news("WHERE number > ? AND number <= ? ORDER BY number", done, end)
            return Batch(news, attempts) if news else None

    def settle(self, outcome: str) -> None:
        """The batch on its way is dealt with: `delivered`, or `given_up`."""
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.execute("UPDATE delivery SET done = batch, attempts = 0, due = 0")
            self._count(outcome)

    def postpone(self, due: float) -> None:
        """The batch on its way failed, and is due again at a time in seconds of the epoch."""
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.execute("UPDATE delivery SET attempts = attempts + 1, due = ?", (due,))
            self._count("failed")

    def raised(self) -> Mapping[str, int]:
        """How many were raised, by the state that they had."""
        with self._lock:
            return dict(self._base.execute("SELECT state, count(*) FROM news GROUP BY state").fetchall())

    def outcomes(self) -> Mapping[str, int]:
        """How often the webhook was delivered to, failed, and was given up."""
        with self._lock:
            return dict(self._base.execute("SELECT outcome, count FROM outcomes").fetchall())

    def pending(self) -> int:
        """How many news the webhook was not told yet."""
        with self._lock:
            (count,) = self._base.execute(
                "SELECT count(*) FROM news WHERE number > (SELECT done FROM delivery)"
            ).fetchone()
            return int(count)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _prepare(self, path: Path) -> None:
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        (version,) = self._base.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise ConfigError(f"{path}: written by a later version of the auditor; use that one")
        if version == 0:
            with self._base:
                self._base.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        if self._base.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError

    def _news(self, where: str, *values: int) -> tuple[News, ...]:
        rows = self._base.execute(f"SELECT {_COLUMNS} FROM news {where}", values)  # noqa: S608 (texts of this file)
        return tuple(News(*row) for row in rows.fetchall())

    def _count(self, outcome: str) -> None:
        self._base.execute(
            "INSERT INTO outcomes VALUES (?, 1) ON CONFLICT (outcome) DO UPDATE SET count = count + 1", (outcome,)
        )
