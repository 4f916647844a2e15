"""Processor time and memory of a command with all processes that it starts, whoever waits for them. Linux only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: processes whose parent ends become ours
_LOOK = 0.2  # seconds between two looks at memory


@dataclass(frozen=True, slots=True)
class Used:
    """What a command printed, seconds of all processors, and MiB of all processes at the peak (shared pages once)."""

    output: str
    seconds: float
    peak: float


def run(command: Sequence[str]) -> Used:
    """Run a command to its end, and to that of all processes that come of it."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak, is_over = [0], threading.Event()
    watching = threading.Thread(target=_watch, args=(peak, is_over))
    watching.start()
    try:
        output = process.stdout.read() if process.stdout else ""
        seconds = 0.0
        with contextlib.suppress(ChildProcessError):
            while True:
                _, _, usage = os.wait4(-1, 0)
                seconds += usage.ru_utime + usage.ru_stime
    finally:
        is_over.set()
        watching.join()
    return Used(output, seconds, peak[0] / 1024)


def _watch(peak: list[int], is_over: threading.Event) -> None:
    while not is_over.wait(_LOOK):
        peak[0] = max(peak[0], sum(map(_memory, _descendants(os.getpid()))))


def _descendants(pid: int) -> Iterator[int]:
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, file.read_text().split()):
                yield child
                yield from _descendants(child)


def _memory(pid: int) -> int:
    """KiB of a process: pages that several share count in parts."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
