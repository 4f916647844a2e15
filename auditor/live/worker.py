"""From what was received to audits: two threads, one that keeps the index and one that keeps the audit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager

from auditor.index.store import Store
from auditor.index.upkeep import KEEP, Keep
from auditor.live.auditing import Auditing, Figures, Journal
from auditor.live.flowbook import FlowBook
from auditor.live.indexing import Indexing
from auditor.live.loop import Loop
from auditor.live.pace import Pace
from auditor.live.standards import Standards
from auditor.live.transfer import Transfer
from lineage.audit import Audit

_STOP = 20.0  # seconds that each thread may take to end


class Worker:
    """Keeps `publish` supplied with audits: of what the index holds first, then of what comes, until it is stopped."""

    def __init__(
        self,
        journal: Journal,
        store: Store,
        book: FlowBook,
        standards: Standards,
        publish: Callable[[Audit], None],
        pace: Pace | None = None,
        keep: Keep = KEEP,
        around: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
    ) -> None:
        pace = pace or Pace()
        self._standards = standards
        self._indexing = Indexing(Transfer(journal.folder, store, book), store, book, pace, keep)
        self._auditing = Auditing(journal, self._indexing, book, standards, publish, pace, around)
        self._loops = (
            Loop("audits", self._auditing.turn, pace.look),
            Loop("hours of the index", self._indexing.turn, pace.look),
        )

    def start(self) -> None:
        """Begin."""
        for loop in self._loops:
            loop.start()

    def stop(self) -> bool:
        """Finish what is being done, and move what was received. False when that takes too long: the journal has it."""
        done = [loop.stop(_STOP) for loop in self._loops]
        if all(done):
            self._indexing.finish()
        return all(done)

    @property
    def figures(self) -> Figures:
        """What was done."""
        return self._auditing.figures

    @property
    def bytes(self) -> int:
        """Bytes of redacted spans in the index."""
        return self._indexing.bytes

    @property
    def failures(self) -> int:
        """Turns that failed."""
        return sum(loop.failures for loop in self._loops)

    @property
    def trouble(self) -> str | None:
        """What is in the way, or None."""
        return next((found for loop in self._loops if (found := loop.trouble)), None) or self._standards.trouble

    def lag(self, now: float) -> float:
        """The age in seconds of the oldest spans that no audit counts; 0 when there are none."""
        return self._auditing.lag(now)
