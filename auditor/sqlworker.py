"""Reads statements without being at their mercy: in a process of their own, with a deadline for each.

A parser may take minutes, all memory, or the process over one hostile text. What happens to the worker happens to the
statement it was at: that one is unread, and a new worker takes up the rest.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from auditor.frames import packed, received
from lineage.sql.analyse import Request, analyse
from lineage.sql.facts import StatementFacts

DEADLINE = 10.0  # seconds for one statement
START = 60.0  # seconds for the worker to come up
AHEAD = 64 * 1024  # bytes, each request counted with 1 KiB more: what is sent before answers are read
SCHEMAS = 32  # that the worker keeps
UNREAD = StatementFacts("none")

Schema = Mapping[str, Sequence[str]]


class StatementReader:
    """Use as a context manager; call it like `analyse`, or give it many requests at once. One thread at a time.

    The worker starts with `start`, or else with the first statement; it needs a moment that the caller can use.
    Where no process can be started, statements are read here, within the limits that `analyse` has of its own.
    """

    def __init__(self, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self._worker: subprocess.Popen[bytes] | None = None
        self._stream: socket.socket | None = None
        self._is_ready = self._is_here = False
        self._slots: dict[int, tuple[int, Schema]] = {}  # by identity of the schema, which is kept alive for that

    def __enter__(self) -> StatementReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def __call__(
        self, sql: str, dialect: str | None = None, schema: Schema | None = None, before: tuple[str, ...] = ()
    ) -> StatementFacts:
        """The statement's facts; parse "none" when the worker died over it or was out of time."""
        return next(self.read_all([(sql, dialect, schema, before)]))

    def read_all(self, requests: Iterable[Request]) -> Iterator[StatementFacts]:
        """The facts of each request, in order. Some requests are taken before the first facts are given."""
        source, again = iter(requests), deque[Request]()  # `again`: lost with a worker, or not yet sent
        waiting: deque[tuple[Request, int]] = deque()  # sent and not answered, with what they count
        while True:
            while (request := again.popleft() if again else next(source, None)) is not None:
                size = self._size(request)
                if waiting and size + sum(count for _, count in waiting) > AHEAD:
                    again.appendleft(request)
                    break
                self._send(request)
                waiting.append((request, size))
            if not waiting:
                return
            facts = self._answer(waiting.popleft()[0])
            if facts is None:
                again.extendleft(request for request, _ in reversed(waiting))
                waiting.clear()
            yield UNREAD if facts is None else facts

    def start(self) -> None:
        """Starts the worker and does not wait for it."""
        if self._worker is not None or self._is_here:
            return
        ours, theirs = socket.socketpair()
        paths = os.pathsep.join(path for path in sys.path if path)
        try:
            self._worker = subprocess.Popen(
                [sys.executable, "-P", "-m", "auditor.sqlchild"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )
        except (OSError, ValueError):
            ours.close()
            self._is_here = True
            return
        finally:
            theirs.close()
        self._stream, self._is_ready = ours, False

    def _size(self, request: Request) -> int:
        """What a request counts: not more than `AHEAD` is sent before answers are read, or it alone."""
        sql, _, schema, before = request
        if self._is_here or not self._is_ready or (schema and id(schema) not in self._slots):
            return AHEAD
        return 4 * len(sql) + 4 * sum(map(len, before)) + 1024

    def _send(self, request: Request) -> None:
        """Sends a request, if there is somebody to send it to; whether that went well, the answer tells."""
        self._wait_until_ready()
        if self._stream is None:
            return
        sql, dialect, schema, before = request
        with contextlib.suppress(OSError):
            self._stream.sendall(packed((sql, dialect, self._slot(schema), before)))

    def _slot(self, schema: Schema | None) -> int | None:
        """Where the worker keeps the schema; it is sent when the worker does not have it."""
        if not schema or self._stream is None:
            return None
        known = self._slots.get(id(schema))
        if known is None:
            slot = len(self._slots)
            if slot >= SCHEMAS:
                slot, _ = self._slots.pop(next(iter(self._slots)))
            self._stream.sendall(packed((slot, {table: list(columns) for table, columns in schema.items()})))
            known = self._slots[id(schema)] = (slot, schema)
        return known[0]

    def _answer(self, request: Request) -> StatementFacts | None:
        """The next answer; None when the worker was lost over the request."""
        if self._is_here:
            return analyse(*request)
        try:
            facts = received(self._stream) if self._stream is not None else None
        except (EOFError, OSError):
            facts = None
        if isinstance(facts, StatementFacts):
            return facts
        self._stop()
        return None

    def _wait_until_ready(self) -> None:
        if self._is_ready and self._worker is not None and self._worker.poll() is not None:
            self._stop()  # ended while it had nothing to do
        self.start()
        if self._is_ready or self._stream is None:
            return
        self._stream.settimeout(START)
        try:
            received(self._stream)
        except (EOFError, OSError):  # there is no worker to be had on this machine
            self._stop()
            self._is_here = True
            return
        self._stream.settimeout(self._deadline)
        self._is_ready = True

    def _stop(self) -> None:
        if self._stream is not None:
            self._stream.close()
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()
        self._worker = self._stream = None
        self._is_ready = False
        self._slots.clear()
