"""Keeps what is decoded: the journal with what is remembered of it, recovered at each opening."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from auditor.intake import batches, flows
from auditor.intake.counters import Counters
from auditor.intake.flows import KeptFlow
from auditor.intake.hashing import Hasher
from auditor.intake.journal import Content, Journal, Written
from auditor.intake.limits import Limits
from auditor.intake.messages import Outcome, Signal
from auditor.intake.seen import Keys, Mask, Seen
from auditor.intake.state import Condition, Trouble, trouble_of
from auditor.telemetry.spans import SpanBatch


@dataclass(frozen=True, slots=True)
class Sorted:
    """What of a group is new, how much came before, and how it lies in the journal."""

    entries: Sequence[tuple[Content, int, bytes]]
    keys: Keys
    counts: Counters


class Keeper:
    """Not safe for threads. Every method raises Trouble; then it must be closed, and opened again."""

    def __init__(self, folder: Path, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._limits, self._clock = folder, limits, clock
        self._journal: Journal | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can keep."""
        return self._journal is not None

    @property
    def journal(self) -> Journal:
        """The open journal."""
        assert self._journal is not None
        return self._journal

    def open(self) -> Counters:
        """Open the journal, make it when it is not there, and recall what it holds. Returns all that was counted."""
        with _told():
            journal = Journal(self._folder)
            try:
                self.hasher = Hasher(journal.secret)
                counters = journal.counters()
                self._seen = Seen(self._limits.remembered_seconds, self._limits.remembered_spans)
                for received, keys in journal.seen(self._clock() - self._limits.remembered_seconds):
                    self._seen.add(keys, received)
            except BaseException:
                journal.close()
                raise
            self._journal = journal
            return counters

    def close(self) -> None:
        """Close the journal; what is wrong with it is told when it is opened."""
        if self._journal is not None:
            journal, self._journal = self._journal, None
            try:
                journal.close()
            except sqlite3.Error:
                return

    def check(self) -> None:
        """Whether there is space for more."""
        with _told():
            free, used = shutil.disk_usage(self._folder).free, self.journal.bytes_used()
        if free < self._limits.free_bytes:
            raise Trouble(Condition.FULL, "the disk is almost full: make space, and it goes on by itself")
        if used > self._limits.journal_bytes:
            raise Trouble(Condition.FULL, "the journal is full: the store does not take it over quickly enough")

    def sort(self, spans: SpanBatch | None, points: Sequence[KeptFlow]) -> Sorted:
        """What of this is new."""
        entries: list[tuple[Content, int, bytes]] = []
        counts = Counters()
        span_keys = np.zeros(0, np.uint64) if spans is None else batches.keys_of(spans, self.hasher)
        is_new = self._seen.new(span_keys)
        if spans is not None and is_new.any():
            body = batches.packed(batches.kept(spans, is_new, self.hasher))
            entries.append(("spans", int(is_new.sum()), body))
        flow_keys = flows.keys_of(points)
        is_new_flow = self._seen.new(flow_keys)
        if is_new_flow.any():
            fresh = [point for point, new in zip(points, is_new_flow.tolist(), strict=True) if new]
            entries.append(("flows", len(fresh), flows.packed(fresh)))
        of_signal: tuple[tuple[Signal, Mask], ...] = (("traces", is_new), ("metrics", is_new_flow))
        for signal, new in of_signal:
            counts.add(signal, Outcome.ACCEPTED, items=int(new.sum()))
            counts.add(signal, Outcome.DEDUPLICATED, items=int((~new).sum()))
        return Sorted(entries, np.concatenate([span_keys[is_new], flow_keys[is_new_flow]]), counts)

    def commit(self, found: Sorted, counts: Counters, released: int) -> None:
        """Write durably, then remember."""
        now = self._clock()
        with _told():
            written = Written(found.entries, found.keys, counts)
            self.journal.commit(written, now, now - self._limits.remembered_seconds, released)
        self._seen.add(found.keys, now)


NOTHING = Sorted((), np.zeros(0, np.uint64), Counters())


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise trouble_of(error) from None
