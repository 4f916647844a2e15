"""The live service without its doors: intake, index and worker in one folder, started and stopped together."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from auditor.errors import AuditorError
from auditor.index.store import Store
from auditor.index.upkeep import KEEP, Keep
from auditor.intake import Intake, Limits
from auditor.live.audits import LiveAudits
from auditor.live.flowbook import FlowBook
from auditor.live.standards import Files, Standards
from auditor.live.worker import Pace, Worker
from auditor.operation import received
from auditor.operation.families import Sample
from auditor.sqlworker import StatementReader

INTAKE = "intake"  # the folder's part for what was received and is not in the index yet


class Live:
    """Use it as a context: it takes telemetry from the beginning, and makes audits, until the end.

    `folder` is an index (`auditor scan --store`) as well. Raises AuditorError when it cannot start.
    """

    def __init__(
        self,
        folder: Path,
        files: Files,
        limits: Limits | None = None,
        pace: Pace | None = None,
        keep: Keep = KEEP,
    ) -> None:
        self._folder, self._files, self._limits, self._pace, self._keep = folder, files, limits, pace, keep
        self._open = ExitStack()

    def __enter__(self) -> Live:
        with ExitStack() as stack:
            store = Store(self._folder)
            stack.callback(store.close)
            self.intake = Intake(self._folder / INTAKE, self._limits)
            self.intake.start()
            stack.callback(self.intake.stop)
            reader = stack.enter_context(StatementReader())
            reader.start()
            standards = Standards(self._files, reader)
            self.audits = LiveAudits(self._folder, standards)
            stack.callback(self.audits.save)
            book = _book(self._folder / INTAKE)
            stack.callback(book.close)
            self.worker = Worker(
                self.intake, store, book, standards, self.audits.publish, self._pace or Pace(), self._keep
            )
            self.worker.start()
            stack.callback(self.worker.stop)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def samples(self) -> Iterator[Sample]:
        """Figures of the intake and of the worker."""
        yield from received.samples_of(self.intake)
        figures = self.worker.figures
        yield Sample("auditor_audits_total", figures.audits, ("made",))
        yield Sample("auditor_audits_total", figures.failures, ("failed",))
        yield Sample("auditor_audit_duration_seconds", figures.seconds)
        yield Sample("auditor_ingest_lag_seconds", self.worker.lag(time.time()))

    def checks(self) -> Mapping[str, Callable[[], str | None]]:
        """What may be wrong, by name."""
        return {"intake": lambda: received.trouble_of(self.intake), "audits": lambda: self.worker.trouble}


def _book(folder: Path) -> FlowBook:
    try:
        return FlowBook(folder)
    except sqlite3.Error as error:
        raise AuditorError(f"{folder}: the book of network flows cannot be opened ({type(error).__name__})") from None
