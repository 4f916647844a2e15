"""The process that audits: python -m auditor.live.child, with a socket of its parent's for standard input.

It keeps the index and the audit, so that what is received and what is asked wait for neither. It ends when it is told
to, and at once when its parent is gone: the journal has everything. Ctrl-C and SIGTERM are for the parent.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread

from auditor.errors import AuditorError
from auditor.frames import packed, received
from auditor.index.store import Store, StoreReader
from auditor.live.flowbook import FlowBook
from auditor.live.messages import (
    Answered,
    Auditing,
    Failed,
    Logged,
    Made,
    Released,
    Started,
    Status,
    Stop,
    Stopped,
    Task,
    Window,
)
from auditor.live.remembered import RememberingReader
from auditor.live.standards import Standards
from auditor.live.worker import Worker
from lineage.audit import Audit
from lineage.system import SystemModel

_EVERY = 0.5  # seconds between two words on how it stands
_NICE = 5  # who sends and who asks come first where there are not processors for all


class Parent:
    """The other end. Safe for threads. `folder` and `release` are those of the journal, which the parent writes."""

    def __init__(self, stream: socket.socket, task: Task) -> None:
        self._stream, self._lock = stream, Lock()
        self.folder = task.journal
        self._released = 0
        self._last: Audit | None = None

    def tell(self, message: object) -> None:
        """Send a message; when nobody is there, this process ends."""
        data = packed(message)
        try:
            with self._lock:
                self._stream.sendall(data)
        except OSError:
            os._exit(1)

    def release(self, entry: int) -> None:
        """These entries need not be kept any longer."""
        if entry > self._released:
            self._released = entry
            self.tell(Released(entry))

    def publish(self, audit: Audit) -> None:
        """Give a new audit away; one that says nothing new is kept back."""
        if audit != self._last:
            self._last = audit
            self.tell(Made(audit))

    @contextmanager
    def around(self) -> Iterator[None]:
        """Around each audit."""
        self.tell(Auditing(is_begin=True))
        try:
            yield
        except Exception:
            self.tell(Auditing(is_begin=False, is_failure=True))
            raise
        self.tell(Auditing(is_begin=False))


class LogToParent(logging.Handler):
    """Sends our own events to the parent, which has the log; those of libraries may quote anything and are dropped."""

    def __init__(self, parent: Parent) -> None:
        super().__init__(logging.INFO)
        self._parent = parent

    def emit(self, record: logging.LogRecord) -> None:
        """Send an event."""
        self._parent.tell(Logged(record.name, record.levelno, str(record.msg), dict(getattr(record, "fields", {}))))


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that audits."""

    task: Task
    parent: Parent
    worker: Worker
    standards: Standards

    def report(self, stopped: Event) -> None:
        """Say how it stands, again and again."""
        while not stopped.wait(_EVERY):
            self.parent.tell(self.status())

    def status(self) -> Status:
        """How it stands."""
        now, worker = time.time(), self.worker
        try:
            lag = worker.lag(now)
        except (AuditorError, sqlite3.Error, OSError):  # the journal cannot be read now, and `trouble` says so
            lag = 0.0
        figures = worker.figures
        return Status(now, figures.seconds, worker.failures, worker.bytes, lag, worker.trouble)

    def answer(self, window: Window) -> None:
        """Audit a period, and tell."""
        try:
            with StoreReader(self.task.folder) as reader:
                model = reader.model(window.start, window.end)
            found = Answered(window.number, self.standards.audit(model))
        except AuditorError as error:  # who asks over HTTP has no need to know where the folder is
            found = Answered(window.number, None, str(error).replace(f"{self.task.folder}", "the index"))
        except Exception as error:
            found = Answered(window.number, None, f"an error of the auditor's own ({type(error).__name__})")
        self.parent.tell(found)


def work(stream: socket.socket) -> bool:
    """Do as the parent says until it says Stop. False when something is still being done then."""
    task: Task = received(stream)
    parent = Parent(stream, task)
    own = logging.getLogger("auditor")
    own.setLevel(logging.INFO)
    own.addHandler(LogToParent(parent))
    with ExitStack() as stack:
        try:
            office = _office(task, parent, stack)
            nothing = office.standards.audit(SystemModel())
        except AuditorError as error:
            parent.tell(Failed(str(error)))
            return True
        parent.tell(Started(nothing))
        stopped = Event()
        office.worker.start()
        Thread(target=office.report, args=(stopped,), daemon=True).start()
        while not isinstance(message := received(stream), Stop):
            if isinstance(message, Window):
                Thread(target=office.answer, args=(message,), daemon=True).start()
        stopped.set()
        is_done = office.worker.stop()
        parent.tell(office.status())
        if not is_done:  # closing would wait for what is being done
            stack.pop_all()
    parent.tell(Stopped())
    return is_done


def _office(task: Task, parent: Parent, stack: ExitStack) -> Office:
    store = Store(task.folder)
    stack.callback(store.close)
    reader = stack.enter_context(RememberingReader())
    reader.start()
    standards = Standards(task.files, reader)
    book = _book(task.journal)
    stack.callback(book.close)
    pace, keep = task.receiving.pace, task.receiving.keep
    return Office(
        task, parent, Worker(parent, store, book, standards, parent.publish, pace, keep, parent.around), standards
    )


def _book(folder: Path) -> FlowBook:
    try:
        return FlowBook(folder)
    except sqlite3.Error as error:
        raise AuditorError(f"{folder}: the book of network flows cannot be opened ({type(error).__name__})") from None


def main() -> None:
    """Work until the end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    with socket.socket(fileno=0) as stream:
        try:
            is_done = work(stream)
        except (EOFError, OSError):
            is_done = False
    if not is_done:
        os._exit(1)


if __name__ == "__main__":
    main()
