"""A store: telemetry kept in a folder at three levels that answer different questions at different cost.

System models per hour; in young ones also calling contexts and example traces; and redacted spans as Parquet. One
process writes, any number read meanwhile. What a call has returned from is on disk.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from auditor.errors import AuditorError
from auditor.index.adding import Adding, file_of
from auditor.index.catalogue import Catalogue, ModelRow
from auditor.index.counting import count_window
from auditor.index.daily import sum_up
from auditor.index.models import pack
from auditor.index.reading import model_of, windows_of
from auditor.index.segments import SCHEMAS, SUFFIX, UNFINISHED, make_folder, sync_folder
from auditor.index.sources import pack_report, unpack_reports
from auditor.index.upkeep import KEEP, MOST_FILES, Expired, Keep, compact, expire
from auditor.index.windows import Window, all_segments, segments_of
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import SpanBatch
from lineage.system import SystemModel

_LOCK = "writing"


class _Known(Exception):
    """What was read had been added before."""


class StoreReader:
    """A store as it is read: also while another process writes it. Raises InputError when there is none."""

    def __init__(self, path: str | Path) -> None:
        self.folder = Path(path)
        self._catalogue = Catalogue(self.folder, writing=False)

    def model(
        self,
        start: int | None = None,
        end: int | None = None,
        report: ReadReport | None = None,
        with_undated: bool = False,
    ) -> SystemModel:
        """The system model of the traces that begin in a period (nanoseconds, `end` not included; None is open).

        Traces without a time that can be true belong to no period but the open one, unless asked `with_undated`.
        Its parts go by the names that spans give them (`auditor.engine.naming.named`). `report` learns what the reading
        of the sources told. Raises InputError when part of an hour is asked for whose spans are no longer kept.
        """
        model, reports = model_of(self.folder, self._catalogue, start, end, with_undated)
        if report is not None:
            unpack_reports(reports, report)
        return model

    def windows(self) -> list[Window]:
        """What is kept of which hour, the earliest first."""
        return windows_of(self._catalogue)

    def close(self) -> None:
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Store(StoreReader):
    """A store as its one writer sees it; made when there is none. Raises AuditorError while another process writes.

    Its methods may be called from several threads: one works at a time.
    """

    def __init__(self, path: str | Path) -> None:
        self.folder = Path(path)
        self._working = threading.RLock()
        try:
            make_folder(self.folder)
            self._lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise AuditorError(f"{self.folder}: cannot be written ({error.strerror}); choose another folder") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._catalogue = Catalogue(self.folder, writing=True)
            sync_folder(self.folder)
            self._sweep()
        except BlockingIOError:
            os.close(self._lock)
            raise AuditorError(f"{self.folder}: another process is writing it; wait until it is done") from None
        except BaseException:
            os.close(self._lock)
            raise

    def add(
        self,
        key: str | Callable[[], str],
        batches: Iterable[SpanBatch],
        report: ReadReport | None = None,
        replaces: str | None = None,
    ) -> bool:
        """Add the batches of one reader under a key; on disk when it returns True.

        A key that is known adds nothing, and False is returned; one that only the whole of the batches tells is asked
        for behind them. `report`, which the reading of the batches fills, is kept beside them. The key may take the
        place of those before that begin with `replaces`: of a source that grows, how far it was read. All of it is
        added, or nothing, where anything is raised.
        """
        with self._working:
            if isinstance(key, str) and self.knows(key):
                return False
            adding = Adding(self.folder, self._catalogue)
            try:
                with self._catalogue.transaction():
                    adding.write(batches)
                    key = key if isinstance(key, str) else key()
                    if self.knows(key):
                        raise _Known
                    if replaces is not None:
                        self._catalogue.remove_sources(replaces)
                    adding.register(key, int(time.time()), pack_report(report or ReadReport()))
            except _Known:
                adding.discard()
                return False
            except BaseException:
                adding.discard()
                raise
            return True

    def knows(self, key: str) -> bool:
        """Whether something was added under this key."""
        return self._catalogue.has_source(key)

    def last_key(self, prefix: str) -> str | None:
        """The greatest of the keys that begin so; None when there is none."""
        return self._catalogue.last_source(prefix)

    def refresh(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Count the windows whose spans have changed, keep their models and the sums of days; how many windows.

        `progress` is told windows done and windows in all.
        """
        with self._working:
            changed = [window for window in self.windows() if window.changed]
            for done, window in enumerate(changed, start=1):
                self._count(window)
                if progress is not None:
                    progress(done, len(changed))
            sum_up(self.folder, self._catalogue, self.windows())
            return len(changed)

    def compact(self, most: int = MOST_FILES) -> int:
        """Join the files of windows' buckets that have more than `most`; how many files there are fewer."""
        with self._working:
            return compact(self.folder, self._catalogue, most)

    def expire(self, now: int, keep: Keep = KEEP) -> Expired:
        """Drop what is older than it is kept; `now` is in nanoseconds since the epoch."""
        with self._working:
            expired = expire(self.folder, self._catalogue, self.windows(), keep, now)
            sum_up(self.folder, self._catalogue, self.windows())
            return expired

    def close(self) -> None:
        with self._working:
            super().close()
            os.close(self._lock)

    def _count(self, window: Window) -> None:
        segments = segments_of(self._catalogue, all_segments(self._catalogue), window.start)
        model = count_window(self.folder, window.start, segments)
        row = ModelRow(window.start, "counted", window.generation, False, model.spans, pack(model))
        with self._catalogue.transaction():
            self._catalogue.put_model(row)

    def _sweep(self) -> None:
        """Remove the files that the catalogue does not name: of what was interrupted, and those that were replaced."""
        named = {file_of(self.folder, segment) for segment in self._catalogue.segments()}
        for file in (file for kind in SCHEMAS for file in (self.folder / kind).rglob("*")):
            if file.suffix in (SUFFIX, UNFINISHED) and file not in named:
                with suppress(OSError):
                    file.unlink()
