"""Keeps the index of the live service: moves what was received into it, counts it now and then, tidies it."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from dataclasses import dataclass

from auditor.errors import AuditorError
from auditor.index.store import Store
from auditor.index.upkeep import Keep
from auditor.live.flowbook import FlowBook
from auditor.live.pace import Pace
from auditor.live.transfer import Transfer
from lineage.system import SystemModel

_AGAIN = 60.0  # seconds after which a counting that failed is tried again


@dataclass(frozen=True, slots=True)
class Base:
    """What the index holds of the window of audits, from `since` on: of all entries of the journal up to `covered`."""

    model: SystemModel
    covered: int
    since: int


class Indexing:
    """Its `turn` is for one thread; others read `base` (None until the index was counted first), `moved`
    and `bytes`."""

    def __init__(self, transfer: Transfer, store: Store, book: FlowBook, pace: Pace, keep: Keep) -> None:
        self._transfer, self._store, self._book, self._pace, self._keep = transfer, store, book, pace, keep
        self._move_at = self._count_at = self._upkeep_at = 0.0
        self.base: Base | None = None
        self.bytes = 0  # of redacted spans on disk

    @property
    def moved(self) -> int:
        """The last entry of the journal that is in the index."""
        return self._transfer.done

    def turn(self, now: float) -> None:
        """Do what is due. Raises what the disk, the index or the journal do."""
        if now >= self._count_at:
            self._count_at = now + _AGAIN
            self._transfer.find()
            self._count(now)
            ended = time.time()
            self._count_at = ended + self._pace.rest(ended - now)
        if now >= self._move_at:
            self._transfer.find()
            while self._transfer.move():
                pass
            self._move_at = now + self._pace.move
            self.bytes = sum(window.size for window in self._store.windows())
        if now >= self._upkeep_at:
            self._upkeep_at = now + self._pace.upkeep
            self._store.expire(int(now * 1e9), self._keep)
            self._store.compact()
            self._book.expire(self._pace.since(now) / 1e9)

    def finish(self) -> None:
        """Move what is left, so that other programs find it in the index; what cannot be moved stays in the journal."""
        with contextlib.suppress(AuditorError, sqlite3.Error, OSError):
            while self._transfer.move():
                pass

    def _count(self, now: float) -> None:
        """Nothing is moved meanwhile, so that it is known what was counted."""
        covered, since = self._transfer.done, self._pace.since(now)
        if not self._store.refresh() and self.base and (self.base.covered, self.base.since) == (covered, since):
            return
        self.base = Base(self._store.model(since, with_undated=True), covered, since)
