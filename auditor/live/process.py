"""The process that audits, as its parent sees it: started, listened to, started again when it dies."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import count
from threading import Event, Lock, Thread

from auditor.errors import AuditorError
from auditor.frames import packed, received
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
from auditor.operation.logs import tell
from lineage.audit import Audit

_ENDED = "the process that audits has ended; it is started again"
_LONGEST_PAUSE = 60.0  # seconds between two starts
_STOP = 45.0  # seconds that it may take to end
_log = logging.getLogger(__name__)


class _AuditFailed(Exception):
    """What goes through `around` when an audit failed in the other process."""


class AuditProcess:
    """Safe for threads. `release` is told which entries of the journal are in the index; `around` is entered around
    each audit."""

    def __init__(self, task: Task, release: Callable[[int], None]) -> None:
        self._task, self._release = task, release
        self.around: Callable[[], AbstractContextManager[object]] = nullcontext
        self.audits = 0  # that were made
        self._status, self._failures = Status(), 0  # of the processes before this one
        self._made: Audit | None = None
        self._trouble: str | None = None
        self._stop = Event()
        self._lock = Lock()  # of what is sent, and of the windows that are waited for
        self._windows: dict[int, Future[Audit]] = {}
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._stream: socket.socket | None = None
        self._thread: Thread | None = None
        self._entered: AbstractContextManager[object] | None = None

    def start(self) -> Audit:
        """Start it, and wait until it works; an audit of nothing. Raises AuditorError when it cannot start."""
        ours, theirs = socket.socketpair()
        paths = os.pathsep.join(path for path in sys.path if path)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "auditor.live.child"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # a traceback may quote input
                env={**os.environ, "PYTHONPATH": paths},
            )
        except OSError as error:
            ours.close()
            raise AuditorError(f"the process that audits cannot be started ({error.strerror})") from None
        finally:
            theirs.close()
        self._stream = ours
        try:
            ours.sendall(packed(self._task))
            first = received(ours)
            while isinstance(first, Logged):
                self._hear(first)
                first = received(ours)
        except (EOFError, OSError):
            first = Failed("the process that audits ended before it began")
        except BaseException:
            self._end()
            raise
        if isinstance(first, Started):
            return first.audit
        self._end()
        raise AuditorError(first.why if isinstance(first, Failed) else "the process that audits answers nonsense")

    def listen(self, publish: Callable[[Audit], None]) -> None:
        """Take in what it makes, in a thread, until `stop`."""
        self._publish = publish
        self._thread = Thread(target=self._run, name="audits", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let it finish what is being done, and end it."""
        self._stop.set()
        self._send(Stop())
        if self._thread is not None:
            self._thread.join(_STOP)
        self._end()

    @property
    def status(self) -> Status:
        """How it stands, over all the processes that there were; what waits grows older when it says nothing."""
        now = self._status
        lag = now.lag + max(time.time() - now.at, 0.0) if now.lag or self._trouble else 0.0
        return replace(
            now,
            failures=self._failures + now.failures,
            lag=lag,
            trouble=self._trouble or now.trouble,
        )

    def between(self, start: int | None, end: int | None) -> Audit:
        """The audit of the traces that begin in a period (nanoseconds). Raises AuditorError."""
        answer: Future[Audit] = Future()
        number = next(self._numbers)
        with self._lock:
            self._windows[number] = answer
        if self._trouble or not self._send(Window(number, start, end)):
            self._lose_windows()
        return answer.result()

    def _run(self) -> None:
        pause = 1.0
        while not self._stop.is_set():
            began = time.monotonic()
            self._hear_all()
            self._leave(is_failure=True)
            self._end()
            self._lose_windows()
            if self._stop.is_set():
                return
            self._failures += self._status.failures
            self._status = replace(self._status, failures=0, trouble=None)
            pause = 1.0 if time.monotonic() - began > _LONGEST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
            self._restart(pause)

    def _restart(self, pause: float) -> None:
        self._fail(_ENDED)
        while not self._stop.wait(pause):
            try:
                self.start()
            except AuditorError as error:
                self._fail(str(error))
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._trouble = None
                return

    def _fail(self, why: str) -> None:
        if why != self._trouble:
            tell(_log, logging.ERROR, "audits are behind", error=why)
        self._trouble = why

    def _hear_all(self) -> None:
        stream = self._stream
        with contextlib.suppress(EOFError, OSError):
            while stream is not None and not isinstance(message := received(stream), Stopped):
                self._hear(message)

    def _hear(self, message: object) -> None:
        match message:
            case Made(audit):
                self._made = audit
            case Released(entry):
                self._release(entry)
            case Status():
                self._status = message
            case Auditing(is_begin=True):
                self._entered = self.around()
                self._entered.__enter__()
            case Auditing(is_failure=is_failure):
                self._leave(is_failure)
                self._ended(is_failure)
            case Answered(number, audit, why):
                self._answer(number, audit, why)
            case Logged(logger, level, event, fields):
                tell(logging.getLogger(logger), level, event, **fields)

    def _leave(self, is_failure: bool) -> None:
        entered, self._entered = self._entered, None
        if entered is None:
            return
        if is_failure:
            with contextlib.suppress(_AuditFailed):
                entered.__exit__(_AuditFailed, _AuditFailed(), None)
        else:
            entered.__exit__(None, None, None)

    def _ended(self, is_failure: bool) -> None:
        """An audit counts before it is served."""
        self.audits += not is_failure
        made, self._made = self._made, None
        if made is not None and not is_failure:
            self._publish(made)

    def _answer(self, number: int, audit: Audit | None, why: str) -> None:
        with self._lock:
            waiting = self._windows.pop(number, None)
        if waiting is None:
            return
        if audit is None:
            waiting.set_exception(AuditorError(why))
        else:
            waiting.set_result(audit)

    def _lose_windows(self) -> None:
        with self._lock:
            lost, self._windows = self._windows, {}
        for waiting in lost.values():
            waiting.set_exception(AuditorError("the process that audits has ended; ask again"))

    def _send(self, message: object) -> bool:
        with self._lock:
            if self._stream is None:
                return False
            try:
                self._stream.sendall(packed(message))
            except OSError:
                return False
        return True

    def _end(self) -> None:
        with self._lock:
            stream, self._stream = self._stream, None
            process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1.0 if self._stop.is_set() else 0.0)
            process.kill()
            process.wait()
        if stream is not None:
            stream.close()
