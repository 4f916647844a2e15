"""The catalogue of a store: which sources, windows, segments and models there are. SQLite, one writer, many readers.

A segment counts once it stands here; everything that belongs to one step is one transaction, synced when it returns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from auditor.errors import InputError
from auditor.index.database import Database
from auditor.index.segments import Kind

VERSION = 1
FILE = "catalogue.sqlite"
Part = Literal["sealed", "counted"]  # of segments that are gone; of those that are there


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of spans, links or rows: so many of them, in so many bytes of this SHA-256."""

    id: str
    kind: Kind
    window: int
    bucket: int
    count: int = 0
    size: int = 0
    digest: str = ""


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
    lean: bool  # 0 or 1 in the catalogue
    spans: int
    body: bytes


class Catalogue(Database):
    """The tables of a store, in the words above. Raises InputError where there are none; else as `Database` does."""

    def __init__(self, folder: Path, writing: bool) -> None:
        if not writing and not (folder / FILE).exists():
            raise InputError(f"{folder}: holds no index; make one with 'auditor index INPUT... --store {folder}'")
        schema = resources.files("auditor.index").joinpath("catalogue.sql").read_text(encoding="utf-8")
        super().__init__(folder / FILE, writing, schema, VERSION)

    # what was read

    def has_source(self, key: str) -> bool:
        return bool(self._rows("SELECT 1 FROM source WHERE key = ?", (key,)))

    def last_source(self, prefix: str) -> str | None:
        """The greatest key that begins so."""
        query = "SELECT max(key) FROM source WHERE key >= ? AND key < ?"
        found: str | None = self._rows(query, (prefix, prefix + chr(0x10FFFF)))[0][0]
        return found

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

    def remove_sources(self, prefix: str) -> None:
        """Forget the sources whose keys begin so; their spans stay."""
        keys = (prefix, prefix + chr(0x10FFFF))
        self._execute("DELETE FROM share WHERE source IN (SELECT id FROM source WHERE key >= ? AND key < ?)", keys)
        self._execute("DELETE FROM source WHERE key >= ? AND key < ?", keys)

    def changed(self, windows: Iterable[int]) -> None:
        """These windows are to be counted again."""
        self._many("UPDATE window SET generation = generation + 1 WHERE start = ?", ((window,) for window in windows))

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

    def add_links(self, keys: Sequence[int], window: int) -> set[int]:
        """Spans of a window link to these traces; the other windows where some of them are at home."""
        linked = json.dumps(sorted(set(keys)))
        self._execute(
            "INSERT OR IGNORE INTO link (trace, window) SELECT value, ?2"
            " FROM json_each(?1) LEFT JOIN trace ON trace.key = value WHERE trace.window IS NOT ?2",
            (linked, window),
        )
        query = "SELECT DISTINCT window FROM json_each(?1) JOIN trace ON trace.key = value WHERE window <> ?2"
        return {row[0] for row in self._rows(query, (linked, window))}

    def linking(self, window: int) -> list[int]:
        """The other windows whose spans link to traces of this one."""
        query = (
            "SELECT DISTINCT link.window FROM trace JOIN link ON link.trace = trace.key"
            " WHERE trace.window = ?1 AND link.window <> ?1 ORDER BY link.window"
        )
        return [row[0] for row in self._rows(query, (window,))]

    # windows, segments, models

    def windows(self) -> list[WindowRow]:
        return self._records(WindowRow, "SELECT start, generation, added FROM window ORDER BY start")

    def segments(self) -> list[Segment]:
        query = (
            "SELECT id, kind, window, bucket, count, size, digest FROM segment ORDER BY window, kind, bucket, added, id"
        )
        return self._records(Segment, query)

    def add_segments(self, segments: Iterable[Segment], added: int) -> None:
        self._many(
            "INSERT INTO segment (id, kind, window, bucket, count, size, digest, added)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((s.id, s.kind, s.window, s.bucket, s.count, s.size, s.digest, added) for s in segments),
        )

    def replace_segments(self, old: Iterable[Segment], new: Segment, added: int) -> None:
        """One segment in place of several, with the same spans."""
        self._many("DELETE FROM segment WHERE id = ?", ((segment.id,) for segment in old))
        self.add_segments([new], added)

    def models(self) -> list[ModelRow]:
        """The models, without their bodies."""
        query = "SELECT window, part, generation, lean, spans, x'' AS body FROM model ORDER BY window, part"
        return self._records(ModelRow, query)

    def body(self, window: int, part: Part) -> bytes | None:
        """A packed model."""
        rows = self._rows("SELECT body FROM model WHERE window = ? AND part = ?", (window, part))
        return rows[0][0] if rows else None

    def put_model(self, row: ModelRow) -> None:
        self._execute(
            "INSERT OR REPLACE INTO model (window, part, generation, lean, spans, body) VALUES (?, ?, ?, ?, ?, ?)",
            (row.window, row.part, row.generation, row.lean, row.spans, row.body),
        )

    def days(self) -> dict[int, str]:
        """The days whose hours were added up, with the state of these hours then."""
        return dict(self._rows("SELECT start, state FROM day"))

    def day(self, day: int, state: str) -> bytes | None:
        """The sum of a day's hours in this state."""
        rows = self._rows("SELECT body FROM day WHERE start = ? AND state = ?", (day, state))
        return rows[0][0] if rows else None

    def put_day(self, day: int, state: str, body: bytes) -> None:
        self._execute("INSERT OR REPLACE INTO day (start, state, body) VALUES (?, ?, ?)", (day, state, body))

    def keep_days(self, days: Sequence[int]) -> None:
        """Forget the sums of all other days."""
        self._execute("DELETE FROM day WHERE start NOT IN (SELECT value FROM json_each(?))", (json.dumps(days),))

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
