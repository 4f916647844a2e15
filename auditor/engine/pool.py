"""Processes that do the same for many tasks. Each ends at once when this one ends, or gives up."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from auditor.errors import InputError

Task = TypeVar("Task")
Result = TypeVar("Result")
_LONG = 60  # characters of a folder's name; with what is added a socket's must stay below 104
_TICK = 0.2  # seconds between two looks at how far things are
_ENDED = (
    "a process that reads for the auditor was ended by the system, perhaps for want of memory; try again with --jobs 1"
)


class Pool:
    """Gives tasks to processes. `tick` is called a few times a second while it waits."""

    def __init__(self, executor: ProcessPoolExecutor, tick: Callable[[], None]) -> None:
        self._executor, self._tick = executor, tick

    def results(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """The result of each task, in their order; work begins at once.

        Iterating raises what a task raised, and InputError where a process was ended.
        """
        try:
            with _interrupts_held():
                return map(self._result, [self._executor.submit(function, task) for task in tasks])
        except BrokenProcessPool:
            raise InputError(_ENDED) from None

    def _result(self, future: Future[Result]) -> Result:
        while not future.done():
            wait([future], timeout=_TICK)
            self._tick()
        try:
            return future.result()
        except BrokenProcessPool:
            raise InputError(_ENDED) from None


@contextmanager
def pool(
    jobs: int, module: str, start: Callable[..., None], arguments: tuple[Any, ...], tick: Callable[[], None]
) -> Iterator[Pool]:
    """`jobs` processes that have imported `module` and called `start`. They are ended, whatever they do, on leaving."""
    context = _context(module)
    before = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(jobs, context, _started, (start, arguments))
    try:
        yield Pool(executor, tick)
    finally:
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        executor.shutdown(wait=True, cancel_futures=True)


def _context(module: str) -> BaseContext:
    """A clean server forks where it can: what it has imported, its children need not import again."""
    # The server's socket lies in the temporary folder, and the name of a socket cannot be long.
    if "forkserver" not in multiprocessing.get_all_start_methods() or len(tempfile.gettempdir()) > _LONG:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    return context


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes that start in here never hear Ctrl-C; this one hears it afterwards, when it knows of all of them."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    heard: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # children inherit it
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if heard:
        signal.raise_signal(signal.SIGINT)


def _started(start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it too, and ends this process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    start(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
