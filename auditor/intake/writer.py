"""The thread of the intake: gathers what waits, reads it, writes it, answers."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from auditor.intake.counters import Counters
from auditor.intake.group import Opened, Waiting, answers, counts_when_kept, counts_when_refused, opened, read_group
from auditor.intake.keeper import NOTHING, Keeper, Sorted
from auditor.intake.ledger import Ledger
from auditor.intake.limits import Limits
from auditor.intake.messages import Answer, Outcome, Reason
from auditor.intake.room import Room
from auditor.intake.spans import SpanDecoder
from auditor.intake.state import Condition, State, Trouble
from auditor.operation.logs import tell

Queue = queue.SimpleQueue[Waiting | None]
_log = logging.getLogger(__name__)
_IDLE_SECONDS, _LONGEST_PAUSE = 1.0, 5.0


class Writer:
    """Owns the journal. `run` is its thread; others read `state`, set `released` and count in `ledger`."""

    def __init__(
        self, folder: Path, limits: Limits, waiting: Queue, room: Room, clock: Callable[[], float] = time.time
    ) -> None:
        self._limits, self._queue, self._room, self._clock = limits, waiting, room, clock
        self._keeper = Keeper(folder, limits, clock)
        self._decoder = SpanDecoder()
        self._pause = self._retry_at = 0.0
        self._done = 0  # entries up to this id are gone
        self.released = 0  # entries up to this id may go
        self.ledger = Ledger()
        self.state = State(Condition.STARTING, clock())

    def open(self) -> None:
        """Open the journal, or be in trouble. Raises ConfigError for a journal of a newer version."""
        self._try(self._tend)

    def run(self) -> None:
        """Work until None is taken from the queue."""
        is_last = False
        while not is_last:
            group, is_last = self._gather()
            if group:
                self._write(group)
            elif not is_last and time.monotonic() >= self._retry_at:
                self._try(self._tend)
        self._become(Condition.STOPPING)
        self._try(self._tend)
        self._keeper.close()
        self._become(Condition.STOPPED)

    def _gather(self) -> tuple[list[Opened], bool]:
        """(what waited, plain; whether it is the last). Empty when nothing came for a while."""
        limits = self._limits
        group: list[Opened] = []
        size, until = 0, time.monotonic() + _IDLE_SECONDS
        while len(group) < limits.group_requests and size < limits.group_bytes:
            try:
                waiting = self._queue.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if waiting is None:
                return group, True
            if not waiting.answer.set_running_or_notify_cancel():
                self._count(waiting, Answer(Outcome.REFUSED, Reason.GONE))
                self._room.give_back(waiting.size)
                continue
            one = self._opened(waiting)
            if isinstance(one, Opened):
                until = until if group else time.monotonic() + limits.group_seconds
                group.append(one)
                size += len(one.body)
            else:
                self._turn_away([waiting], one)
        return group, False

    def _opened(self, waiting: Waiting) -> Opened | Answer:
        try:
            return opened(waiting, self._limits.request_bytes)
        except BaseException as error:
            return _failed(waiting, error)

    def _write(self, group: Sequence[Opened]) -> None:
        """Read, write and answer; a request that we fail on costs itself, not its neighbours."""
        waiting = [one.waiting for one in group]
        if not self._keeper.is_open:
            self._turn_away(waiting, self._refusal())
            return
        try:
            told = self._told(group)
        except BaseException as error:  # a library's panic is no Exception, and this thread must not end
            if len(group) > 1:
                for one in group:
                    self._write([one])
                return
            self._turn_away(waiting, _failed(waiting[0], error))
            return
        self._reply(waiting, told)

    def _told(self, group: Sequence[Opened]) -> list[Answer]:
        read = read_group(group, self._decoder, self._keeper.hasher)

        def keep() -> None:
            self._keeper.check()
            found = self._keeper.sort(read.spans, read.flows)
            counts = counts_when_kept(read)
            counts.update(found.counts)
            self._commit(found, counts)

        if self._try(keep):
            return answers(read)
        self.ledger.count(counts_when_refused(read))
        return answers(read, self._refusal())

    def _tend(self) -> None:
        """What is to do when nothing comes: open the journal, see whether there is space, save what was counted."""
        if not self._keeper.is_open:
            self.ledger.recall(self._keeper.open())
        if self.released > self._done or not self.ledger.is_saved:
            self._commit(NOTHING, Counters())
        self._keeper.check()
        if self.state.condition is not Condition.STOPPING:
            self._become(Condition.READY)

    def _commit(self, found: Sorted, counts: Counters) -> None:
        unsaved, released = self.ledger.take(), self.released
        both = Counters(dict(counts))
        both.update(unsaved)
        self._keeper.commit(found, both, released)
        self.ledger.saved(unsaved, counts)
        self._done = released

    def _try(self, action: Callable[[], None]) -> bool:
        """Do it; when the journal fails, close it, and wait before it is tried again."""
        try:
            action()
        except Trouble as trouble:
            self._keeper.close()
            self._pause = min(_LONGEST_PAUSE, 2 * self._pause or _IDLE_SECONDS)
            self._retry_at = time.monotonic() + self._pause
            self._become(trouble.condition, trouble.what)
            return False
        self._pause = 0.0
        return True

    def _become(self, condition: Condition, what: str = "") -> None:
        if (self.state.condition, self.state.what) != (condition, what):
            self.state = State(condition, self._clock(), what)
            tell(_log, logging.WARNING if what else logging.INFO, "intake", condition=condition.value, what=what)

    def _refusal(self) -> Answer:
        retry = self._limits.retry_seconds
        what = "the auditor cannot store anything now"
        return Answer(Outcome.REFUSED, Reason.STORE, message=what, retry_seconds=retry)

    def _turn_away(self, waiting: Sequence[Waiting], told: Answer) -> None:
        for one in waiting:
            self._count(one, told)
        self._reply(waiting, [told] * len(waiting))

    def _count(self, waiting: Waiting, told: Answer) -> None:
        counts = Counters()
        counts.add(waiting.delivery.signal, told.outcome, told.reason, requests=1)
        self.ledger.count(counts)

    def _reply(self, waiting: Sequence[Waiting], told: Sequence[Answer]) -> None:
        for one, answer in zip(waiting, told, strict=True):
            self._room.give_back(one.size)
            one.answer.set_result(answer)


def _failed(waiting: Waiting, error: BaseException) -> Answer:
    """What is told of a request that we fail on: an error of ours, of which the log tells the name."""
    tell(_log, logging.ERROR, "request not read", size=len(waiting.delivery.body), error=type(error).__name__)
    return Answer(Outcome.REJECTED, Reason.FAILED, message="the auditor failed on this request")
