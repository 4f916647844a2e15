"""The counts of a running intake: those on disk, and those that wait for the next commit."""

from __future__ import annotations

from threading import Lock

from auditor.intake.counters import Counters


class Ledger:
    """Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._saved, self._unsaved = Counters(), Counters()

    def recall(self, saved: Counters) -> None:
        """What is on disk."""
        with self._lock:
            self._saved = saved

    def count(self, counts: Counters) -> None:
        """Count now, save with the next commit."""
        with self._lock:
            self._unsaved.update(counts)

    def take(self) -> Counters:
        """A copy of what is not saved yet, for one commit: then tell `saved`, or nothing when it failed."""
        with self._lock:
            return Counters(dict(self._unsaved))

    def saved(self, taken: Counters, counts: Counters) -> None:
        """What was taken, and `counts`, are on disk."""
        with self._lock:
            self._unsaved.subtract(taken)
            for part in (taken, counts):
                self._saved.update(part)

    def total(self) -> Counters:
        """All that was ever counted."""
        with self._lock:
            total = Counters(dict(self._saved))
            total.update(self._unsaved)
            return total

    @property
    def is_saved(self) -> bool:
        """Whether all is on disk."""
        with self._lock:
            return not self._unsaved
