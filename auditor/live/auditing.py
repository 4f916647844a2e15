"""Keeps the audit of the live service up to date: counts what came in since the index was counted, and audits both."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from auditor.engine.kernel import Limits
from auditor.intake.journal import read_entries
from auditor.live.flowbook import FlowBook
from auditor.live.fresh import Fresh
from auditor.live.indexing import Base, Indexing
from auditor.live.pace import Pace
from auditor.live.standards import Standards
from auditor.live.waiting import arrived, portion
from lineage.audit import Audit
from lineage.merge import total

_LONGEST_REST = 15.0  # seconds between two audits, at most


@dataclass(slots=True)
class Figures:
    """What was done: for metrics."""

    seconds: float = 0.0  # that the last audit took


class Journal(Protocol):
    """Where what was received waits, as the one that audits knows it."""

    @property
    def folder(self) -> Path:
        """Where it lies."""

    def release(self, entry: int) -> None:
        """The entries up to this id are in the index."""


class Auditing:
    """Its `turn` is for one thread; others read `figures` and ask for `lag`. `around` is entered around each audit."""

    def __init__(
        self,
        journal: Journal,
        indexing: Indexing,
        book: FlowBook,
        standards: Standards,
        publish: Callable[[Audit], None],
        pace: Pace,
        around: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._journal, self._indexing, self._book, self._standards = journal, indexing, book, standards
        self._publish, self._pace, self._around = publish, pace, around
        self._fresh = Fresh(Limits(journal.folder, threads=1), pace.quiet)
        self._base: Base | None = None
        self._seen = 0
        self._audit_at = self._standards_at = 0.0
        self._is_new = False
        self._behind: float | None = None
        self.figures = Figures()

    def turn(self, now: float) -> None:
        """Look at everything, and audit when there is something new. Raises what counting and auditing do."""
        base = self._indexing.base
        if base is None:
            return
        if base is not self._base:
            self._seen = max(self._seen, base.covered)
            self._fresh.forget(base.covered)
            self._base, self._is_new = base, True
        since = self._pace.since(now)
        self._take(since)
        self._journal.release(min(self._seen, self._indexing.moved))
        if now >= self._standards_at:
            self._standards_at = now + self._pace.standards
            self._is_new |= self._standards.changed()
        if now >= self._audit_at:
            self._is_new |= self._fresh.settle(now, self._indexing.moved, since)
            if self._is_new:
                self._audit(base)
                self._audit_at = time.time() + min(self.figures.seconds, _LONGEST_REST)

    def lag(self, now: float) -> float:
        """The age in seconds of the oldest spans that no audit counts; 0 when there are none."""
        behind = self._behind
        if behind is None:
            entry = next(read_entries(self._journal.folder, self._seen), None)
            behind = now if entry is None else entry.received
        return max(now - behind, 0.0)

    def _take(self, since: int) -> None:
        """Read what is new in the journal. Where that is much, it is counted by the clock of the journal."""
        is_all = False
        while not is_all:
            entries, is_all = portion(self._journal.folder, self._seen)
            if entries:
                self._fresh.take(arrived(entries))
                self._seen = entries[-1].id
                self._is_new |= any(entry.content == "flows" for entry in entries)
                oldest = self._fresh.oldest
                self._behind = min(filter(None, (self._behind, oldest)), default=None)
            if not is_all:
                self._is_new |= self._fresh.settle(entries[-1].received, self._indexing.moved, since)

    def _audit(self, base: Base) -> None:
        began = time.monotonic()
        with self._around():
            model = total((base.model, *self._fresh.models()))
            self._publish(self._standards.audit(model, self._book.connections()))
        self._is_new, self._behind = False, self._fresh.oldest
        self.figures.seconds = time.monotonic() - began
