"""The live service without its doors: intake, index and worker in one folder, started and stopped together."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

from auditor.errors import AuditorError
from auditor.index.catalogue import FILE as CATALOGUE
from auditor.index.store import Store
from auditor.intake import Intake
from auditor.intake.journal import FILE as JOURNAL
from auditor.live.audits import LiveAudits
from auditor.live.flowbook import FlowBook
from auditor.live.remembered import RememberingReader
from auditor.live.standards import Files, Standards
from auditor.live.worker import Worker
from auditor.operation import received
from auditor.operation.families import Sample
from auditor.operation.receiving import Receiving

INTAKE = "intake"  # the folder's part for what was received and is not in the index yet


class Live:
    """Use it as a context: it takes telemetry from the beginning, and makes audits, until the end.

    `folder` is an index (`auditor scan --store`) as well. Raises AuditorError when it cannot start.
    """

    def __init__(
        self,
        folder: Path,
        files: Files,
        receiving: Receiving | None = None,
    ) -> None:
        self._folder, self._files, self._receiving = folder, files, receiving or Receiving()
        self.around: Callable[[], AbstractContextManager[object]] = nullcontext  # what is entered around each audit
        self._is_done = True
        self._open = ExitStack()

    def __enter__(self) -> Live:
        with ExitStack() as stack:
            store = Store(self._folder)
            stack.callback(lambda: store.close() if self._is_done else None)  # it would wait for what is being done
            self.intake = Intake(self._folder / INTAKE, self._receiving.limits)
            self.intake.start()
            stack.callback(self.intake.stop)
            reader = stack.enter_context(RememberingReader())
            reader.start()
            standards = Standards(self._files, reader)
            self.audits = LiveAudits(self._folder, standards)
            stack.callback(self.audits.save)
            book = _book(self._folder / INTAKE)
            stack.callback(book.close)
            pace, keep = self._receiving.pace, self._receiving.keep
            self.worker = Worker(self.intake, store, book, standards, self.audits.publish, pace, keep, self._entered)
            self.worker.start()
            stack.callback(self._stop)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _entered(self) -> AbstractContextManager[object]:
        return self.around()

    def _stop(self) -> None:
        self._is_done = self.worker.stop()

    def samples(self) -> Iterator[Sample]:
        """Figures of the intake and of the worker."""
        yield from received.samples_of(self.intake)
        figures = self.worker.figures
        yield Sample("auditor_audits_total", figures.audits, ("made",))
        yield Sample("auditor_audits_total", self.worker.failures, ("failed",))
        yield Sample("auditor_audit_duration_seconds", figures.seconds)
        yield Sample("auditor_store_bytes", self.worker.bytes, ("spans",))
        for level, database in (("models", self._folder / CATALOGUE), ("journal", self.intake.folder / JOURNAL)):
            yield Sample("auditor_store_bytes", _size(database), (level,))
        yield Sample("auditor_ingest_lag_seconds", self.worker.lag(time.time()))

    def checks(self) -> Mapping[str, Callable[[], str | None]]:
        """What may be wrong, by name."""
        return {"intake": lambda: received.trouble_of(self.intake), "audits": lambda: self.worker.trouble}


def _size(database: Path) -> int:
    """Bytes of a database and what is beside it."""
    return sum(file.stat().st_size for file in database.parent.glob(f"{database.name}*"))


def _book(folder: Path) -> FlowBook:
    try:
        return FlowBook(folder)
    except sqlite3.Error as error:
        raise AuditorError(f"{folder}: the book of network flows cannot be opened ({type(error).__name__})") from None
