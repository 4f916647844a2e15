"""The intake: deliveries in, an answer for each. An accepted one is redacted, on disk and synced when it is answered.

One thread reads, writes and acknowledges, a group of deliveries at a time; whatever waits is bounded in bytes. When
the journal cannot be written all is refused, and it is tried again by itself; nothing but an answer ends a request.
"""

from __future__ import annotations

import fcntl
import os
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Lock, Thread

from auditor.errors import ConfigError
from auditor.intake.counters import Counters
from auditor.intake.group import Waiting
from auditor.intake.limits import Limits
from auditor.intake.messages import Answer, Delivery, Outcome, Reason, Refused, Signal
from auditor.intake.room import PER_REQUEST, Room
from auditor.intake.state import Condition, State
from auditor.intake.writer import Writer

_STOPPING = (Condition.STOPPING, Condition.STOPPED)


class Intake:
    """Takes deliveries into the journal in `folder`, which it makes. Safe for threads."""

    def __init__(self, folder: Path, limits: Limits | None = None, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.limits = folder, limits or Limits()
        self.room = Room(self.limits.waiting_bytes)
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._writer = Writer(folder, self.limits, self._queue, self.room, clock)
        self._thread = Thread(target=self._writer.run, name="intake", daemon=True)
        self._entrance = Lock()
        self._is_closing = False
        self._lock: int | None = None

    def start(self) -> None:
        """Begin. Raises ConfigError for a folder that cannot be, or that another process uses.

        A journal that cannot be opened is no error: the state tells, all is refused, and it is tried again.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigError(f"{self.folder}: {error.strerror}; name a folder that can be written") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._unlock()
            raise ConfigError(f"{self.folder}: another auditor receives into this folder; stop it first") from None
        try:
            self._writer.open()
        except ConfigError:
            self._unlock()
            raise
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> bool:
        """Refuse what is new, finish what waits, close. False when that took longer than `seconds`."""
        with self._entrance:
            self._is_closing = True
            self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)
        is_done = not self._thread.is_alive()
        if is_done:
            self._unlock()
        return is_done

    def admit(self, size: int = 0) -> None:
        """Take `size` bytes of room (beside those of a request itself, when it begins). Raises Refused."""
        state = self.state()
        if self._is_closing or state.condition in _STOPPING:
            raise Refused(self._refusal(Reason.STOPPING, "the auditor is stopping"))
        if state.condition is not Condition.READY:
            raise Refused(self._refusal(Reason.STORE, "the auditor cannot store anything now"))
        if not self.room.take(size):
            raise Refused(self._refusal(Reason.OVERLOAD, "too much waits to be stored"))

    def deliver(self, delivery: Delivery) -> Future[Answer]:
        """Hand in a request for which room was taken: its body and `PER_REQUEST`. The room is given back by itself."""
        answer: Future[Answer] = Future()
        size = len(delivery.body) + PER_REQUEST
        with self._entrance:
            if not self._is_closing:
                self._queue.put(Waiting(delivery, answer, size))
                return answer
        self.room.give_back(size)
        refusal = self._refusal(Reason.STOPPING, "the auditor is stopping")
        self.count_refused(delivery.signal, refusal.reason)
        answer.set_result(refusal)
        return answer

    def count_refused(self, signal: Signal, reason: Reason) -> None:
        """Count a request that was turned away at the door."""
        counts = Counters()
        counts.add(signal, Outcome.REFUSED, reason, requests=1)
        self._writer.ledger.count(counts)

    def state(self) -> State:
        """What the intake can do at the moment."""
        return self._writer.state

    def counters(self) -> Counters:
        """All that was ever counted in this folder. Refusals of the last second survive no kill."""
        return self._writer.ledger.total()

    def release(self, entry: int) -> None:
        """The entries up to this id are in the store: they go with the next commit."""
        self._writer.released = max(self._writer.released, entry)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _refusal(self, reason: Reason, message: str) -> Answer:
        return Answer(Outcome.REFUSED, reason, message=message, retry_seconds=self.limits.retry_seconds)
