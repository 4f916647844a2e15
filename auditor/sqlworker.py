"""Reads statements without being at their mercy: long or deeply nested ones in a process of their own, with a deadline.

A parser may take minutes, or all memory, over one hostile text. What happens to the worker happens to that statement
alone: it is then one that could not be read.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from lineage.sql.analyse import analyse
from lineage.sql.facts import StatementFacts

LONG = 20_000  # characters that are still read here
DEEP = 30  # levels of brackets that are still read here
DEADLINE = 10.0  # seconds for one statement
MEMORY = 4 * 2**30  # bytes of address space of the worker
UNREAD = StatementFacts("none")

Schema = Mapping[str, Sequence[str]]


class StatementReader:
    """Use as a context manager; call it like `analyse`. Starts its worker when the first statement needs one."""

    def __init__(self, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self._worker: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> StatementReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def __call__(self, sql: str, dialect: str | None = None, schema: Schema | None = None) -> StatementFacts:
        """The statement's facts; parse "none" when the worker died over it or was out of time."""
        if len(sql) <= LONG and nesting(sql) <= DEEP:
            return analyse(sql, dialect, schema)
        pipe = self._pipe if self._worker is not None and self._worker.is_alive() else None
        try:
            pipe = pipe or self._start()
            pipe.send((sql, dialect, schema))
            if pipe.poll(self._deadline):
                facts = pipe.recv()
                return facts if isinstance(facts, StatementFacts) else UNREAD
        except (EOFError, OSError):
            pass
        self._stop()
        return UNREAD

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._worker = context.Process(target=work, args=(theirs,), daemon=True)
        self._worker.start()
        theirs.close()
        return self._pipe

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.join()
        if self._pipe is not None:
            self._pipe.close()
        self._worker = self._pipe = None


def nesting(sql: str) -> int:
    """How deep brackets, and CASE, which nests like them, go in a text."""
    deepest = depth = 0
    for character in sql:
        if character in "([":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]":
            depth -= 1
    return max(deepest, sql.upper().count("CASE"))


def work(pipe: Connection) -> None:
    """The worker: answers one statement after another until its other end is closed."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):  # not everywhere; the deadline still holds
        pass
    while True:
        try:
            pipe.send(analyse(*pipe.recv()))
        except (EOFError, OSError, KeyboardInterrupt):
            return
        except MemoryError:
            pipe.send(UNREAD)
