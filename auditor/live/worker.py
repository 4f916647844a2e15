"""From what was received to audits: the thread that keeps them up to date."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from threading import Event, Thread

from auditor.engine.kernel import Limits
from auditor.errors import AuditorError
from auditor.index.hours import HOUR, UNDATED
from auditor.index.store import Store
from auditor.index.upkeep import KEEP, Keep
from auditor.intake import Intake
from auditor.intake.journal import read_entries
from auditor.live.flowbook import FlowBook
from auditor.live.fresh import QUIET, Fresh
from auditor.live.standards import Standards
from auditor.live.transfer import Transfer, spans_of
from auditor.operation.logs import tell
from lineage.audit import Audit
from lineage.merge import total
from lineage.system import SystemModel

_AT_ONCE = 500  # entries
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between looks at the journal, of quiet after which a trace counts, between moves into the index, after
    the end of an hour before it is counted as a whole, between times of upkeep. `window` is how far back audits look.
    """

    look: float = 1.0
    quiet: float = QUIET
    move: float = 20.0
    close: float = 600.0
    upkeep: float = 900.0
    window: float = 7 * 86_400.0


@dataclass(slots=True)
class Figures:
    """What the worker did: for metrics."""

    audits: int = 0
    failures: int = 0
    seconds: float = 0.0  # that the last audit took


@dataclass(slots=True)
class _Due:
    """When what is to be done next."""

    move: float = 0.0
    upkeep: float = 0.0
    closed: set[int] = field(default_factory=set)


class Worker:
    """Keeps `publish` supplied with audits: counts what the index holds, then goes on until it is stopped."""

    def __init__(
        self,
        intake: Intake,
        store: Store,
        book: FlowBook,
        standards: Standards,
        publish: Callable[[Audit], None],
        pace: Pace | None = None,
        keep: Keep = KEEP,
    ) -> None:
        self._intake, self._store, self._book, self._standards = intake, store, book, standards
        self._publish, self._pace, self._keep = publish, pace or Pace(), keep
        self._transfer = Transfer(intake, store, book)
        self._fresh = Fresh(Limits(intake.folder, threads=1), self._pace.quiet)
        self._hours: dict[int, SystemModel] = {}
        self._seen = self._transfer.done
        self._due = _Due()
        self._stop = Event()
        self._thread = Thread(target=self._run, name="audits", daemon=True)
        self.figures = Figures()
        self.trouble: str | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> bool:
        """Finish what is being done. False when that takes longer."""
        self._stop.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def lag(self, now: float) -> float:
        """The age in seconds of the oldest spans that no audit counts; 0 when there are none."""
        received = self._fresh.oldest
        if received is None:
            entry = next(read_entries(self._intake.folder, self._seen), None)
            received = entry.received if entry else now
        return max(now - received, 0.0)

    def _run(self) -> None:
        work: Callable[[float], None] = self._count_all
        while not self._stop.wait(self._pace.look if work == self.turn else 0.0):
            try:
                work(time.time())
                self.trouble, work = None, self.turn
            except (AuditorError, sqlite3.Error, OSError) as error:
                # Words of ours quote nothing; those of others are left out. The next turn tries again.
                words = str(error) if isinstance(error, AuditorError) else type(error).__name__
                if words != self.trouble:
                    tell(_log, logging.ERROR, "audits are behind", error=words)
                self.trouble = words
                self.figures.failures += 1
                self._stop.wait(self._pace.look)
        self._last_turn()

    def _last_turn(self) -> None:
        """What waits in the journal stays there when it cannot be moved."""
        with suppress(AuditorError, sqlite3.Error, OSError):
            self._transfer.move()

    def _count_all(self, _: float) -> None:
        """What the index holds, and an audit of it."""
        self._store.refresh()
        self._recount([window.start for window in self._store.windows()])
        self._audit()

    def turn(self, now: float) -> None:
        """One look at everything."""
        is_new = self._take(now)
        if now >= self._due.move:
            while self._transfer.move() and not self._stop.is_set():
                pass
            self._due.move = now + self._pace.move
        is_new |= self._close(now)
        is_new |= self._standards.changed()
        if is_new:
            self._audit()
        if now >= self._due.upkeep:
            self._store.expire(int(now * 1e9), self._keep)
            self._store.compact()
            self._due.upkeep = now + self._pace.upkeep

    def _take(self, now: float) -> bool:
        """Read what is new in the journal; whether there are traces that became quiet."""
        while entries := list(islice(read_entries(self._intake.folder, self._seen), _AT_ONCE)):
            self._fresh.take(list(spans_of(iter(entries))), now)
            self._seen = entries[-1].id
            if len(entries) < _AT_ONCE:
                break
        return self._fresh.settle(now)

    def _close(self, now: float) -> bool:
        """Count as a whole the hours that are over; whether there were any."""
        before = int((now - self._pace.close) * 1e9) // HOUR * HOUR
        over = [w.start for w in self._store.windows() if w.changed and w.start < before]
        if not over or not self._store.refresh(before=before):
            return False
        self._recount(over)
        return True

    def _recount(self, hours: list[int]) -> None:
        for hour in hours:
            if hour != UNDATED:
                self._hours[hour] = self._store.model(hour, hour + HOUR)
        self._fresh.forget(hours)

    def _models(self) -> Iterator[SystemModel]:
        since = int((time.time() - self._pace.window) * 1e9)
        for hour in [hour for hour in self._hours if hour + HOUR <= since]:
            del self._hours[hour]
        yield from self._hours.values()
        yield from self._fresh.models()

    def _audit(self) -> None:
        began = time.monotonic()
        self._publish(self._standards.audit(total(self._models()), self._book.connections()))
        self.figures.audits += 1
        self.figures.seconds = time.monotonic() - began
