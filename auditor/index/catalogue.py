"""The catalogue of a store: which sources, windows, segments and models there are. SQLite, one writer, many readers.

A segment counts once it stands here; everything that belongs to one step is one transaction, synced when it returns.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from auditor.errors import AuditorError, InputError

VERSION = 1
FILE = "catalogue.sqlite"
Part = Literal["sealed", "counted"]  # of segments that are gone; of those that are there


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of redacted spans."""

    id: str
    window: int
    bucket: int
    spans: int
    size: int


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window: `generation` grows with every change of what it holds, `added` (seconds) is when it last did."""

    start: int
    generation: int
    added: int


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A packed model of a window, as it was at some generation. `lean` ones have no contexts and no example traces."""

    window: int
    part: Part
    generation: int
    lean: bool
    spans: int
    body: bytes


class Catalogue:
    """The tables of a store, in the words above. Raises InputError where they are not there or damaged, AuditorError
    where they cannot be written."""

    def __init__(self, folder: Path, writing: bool) -> None:
        self._file = folder / FILE
        self._turn = threading.RLock()
        if not writing and not self._file.exists():
            raise InputError(f"{folder}: holds no index; make one with 'auditor index INPUT... --store {folder}'")
        with self._told():
            mode = "rwc" if writing else "ro"
            uri = f"{self._file.resolve().as_uri()}?mode={mode}"
            self._db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30)
            if writing:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0 and writing:
                script = resources.files("auditor.index").joinpath("catalogue.sql").read_text(encoding="utf-8")
                self._db.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {VERSION}; COMMIT;")
            elif version != VERSION:
                raise InputError(f"{self._file}: is of version {version}, this auditor reads {VERSION}: update it")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on disk when it ends."""
        with self._turn:
            self._execute("BEGIN IMMEDIATE")
            try:
                yield
                self._execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.rollback()
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One state of the catalogue, whatever the writer does meanwhile."""
        with self._turn:
            self._execute("BEGIN")
            try:
                yield
            finally:
                self._db.rollback()

    # what was read

    def has_source(self, key: str) -> bool:
        return bool(self._rows("SELECT 1 FROM source WHERE key = ?", (key,)))

    def add_source(self, key: str, added: int, report: str, spans: dict[int, int]) -> None:
        """A source with what its reader reported, and how many of its spans went into which window."""
        cursor = self._execute("INSERT INTO source (key, added, report) VALUES (?, ?, ?)", (key, added, report))
        rows = ((cursor.lastrowid, window, count) for window, count in spans.items())
        self._many("INSERT INTO share (source, window, spans) VALUES (?, ?, ?)", rows)
        changed = [(window, added) for window in spans]
        self._many(
            "INSERT INTO window (start, generation, added) VALUES (?, 1, ?)"
            " ON CONFLICT DO UPDATE SET generation = generation + 1, added = excluded.added",
            changed,
        )

    def reports(self, windows: Sequence[int] | None) -> list[str]:
        """The reports of sources, in the order in which they came: all, or those with spans in these windows."""
        if windows is None:
            return [row[0] for row in self._rows("SELECT report FROM source ORDER BY id")]
        query = (
            "SELECT report FROM source WHERE id IN"
            " (SELECT source FROM share WHERE window IN (SELECT value FROM json_each(?))) ORDER BY id"
        )
        return [row[0] for row in self._rows(query, (json.dumps(list(windows)),))]

    # where traces are at home

    def homes(self, keys: Sequence[int], hours: Sequence[int]) -> list[int]:
        """The windows of traces: that of old, or the given hour, which is theirs from now on."""
        self._many("INSERT OR IGNORE INTO trace (key, window) VALUES (?, ?)", sorted(zip(keys, hours, strict=True)))
        query = "SELECT window FROM json_each(?) AS asked JOIN trace ON trace.key = asked.value ORDER BY asked.id"
        return [row[0] for row in self._rows(query, (json.dumps(list(keys)),))]

    # windows, segments, models

    def windows(self) -> list[WindowRow]:
        return [WindowRow(*row) for row in self._rows("SELECT start, generation, added FROM window ORDER BY start")]

    def segments(self) -> list[Segment]:
        query = "SELECT id, window, bucket, spans, size FROM segment ORDER BY window, bucket, added, id"
        return [Segment(*row) for row in self._rows(query)]

    def add_segments(self, segments: Iterable[Segment], added: int) -> None:
        self._many(
            "INSERT INTO segment (id, window, bucket, spans, size, added) VALUES (?, ?, ?, ?, ?, ?)",
            ((s.id, s.window, s.bucket, s.spans, s.size, added) for s in segments),
        )

    def replace_segments(self, old: Iterable[Segment], new: Segment, added: int) -> None:
        """One segment in place of several, with the same spans."""
        self._many("DELETE FROM segment WHERE id = ?", ((segment.id,) for segment in old))
        self.add_segments([new], added)

    def models(self) -> list[ModelRow]:
        """The models, without their bodies."""
        query = "SELECT window, part, generation, lean, spans, x'' FROM model ORDER BY window, part"
        return [ModelRow(w, p, g, bool(lean), s, b) for w, p, g, lean, s, b in self._rows(query)]

    def body(self, window: int, part: Part) -> bytes | None:
        """A packed model."""
        rows = self._rows("SELECT body FROM model WHERE window = ? AND part = ?", (window, part))
        return rows[0][0] if rows else None

    def put_model(self, row: ModelRow) -> None:
        self._execute(
            "INSERT OR REPLACE INTO model (window, part, generation, lean, spans, body) VALUES (?, ?, ?, ?, ?, ?)",
            (row.window, row.part, row.generation, row.lean, row.spans, row.body),
        )

    def remove_spans(self, window: int) -> None:
        """Forget a window's segments and what was counted in them, and the traces: what of these comes later belongs to
        the hour in which it begins."""
        for query in (
            "DELETE FROM segment WHERE window = ?",
            "DELETE FROM model WHERE window = ? AND part = 'counted'",
            "DELETE FROM trace WHERE window = ?",
            "DELETE FROM link WHERE window = ?",
        ):
            self._execute(query, (window,))

    def remove_window(self, window: int) -> None:
        """Forget a window, and what was reported of sources of which no window is left."""
        for query in (
            "UPDATE source SET report = '{}' WHERE id IN (SELECT source FROM share WHERE window = ?1)"
            " AND id NOT IN (SELECT source FROM share WHERE window <> ?1)",
            "DELETE FROM share WHERE window = ?1",
            "DELETE FROM model WHERE window = ?1",
            "DELETE FROM window WHERE start = ?1",
        ):
            self._execute(query, (window,))

    def _execute(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        with self._told():
            return self._db.execute(query, values)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._told():
            return self._db.execute(query, values).fetchall()

    def _many(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._told():
            self._db.executemany(query, rows)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite raises, in words for a user."""
        try:
            yield
        except sqlite3.OperationalError as error:
            reason = {"SQLITE_FULL": "the disk is full", "SQLITE_BUSY": "another process writes it"}.get(
                error.sqlite_errorname, f"it cannot be opened or written ({error.sqlite_errorname})"
            )
            raise AuditorError(f"{self._file}: {reason}; what was reported as done is still there") from None
        except sqlite3.DatabaseError:
            advice = "put a copy of the folder in its place, or index the inputs into a new one"
            raise InputError(f"{self._file}: is damaged or no catalogue of an index; {advice}") from None
