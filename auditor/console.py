"""What a person sees: progress on standard error, words on standard output, never a live control character."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from reports.text import visible


def say(lines: Iterable[str]) -> None:
    """Print lines to standard output, as they are."""
    for line in lines:
        sys.stdout.write(visible(line) + "\n")


def complain(text: str) -> None:
    """Print an error to standard error."""
    sys.stderr.write(f"auditor: {visible(text)}\n")


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar over bytes on standard error; None when quiet or when nobody is looking."""
    if quiet:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("reading"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def update(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)

        yield update
