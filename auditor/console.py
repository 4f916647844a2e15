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
def progress_bar(quiet: bool, counting: str = "") -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, over bytes or over what is being counted; None when quiet or when nobody is looking."""
    if quiet:
        yield None
        return
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    amount = (
        [progress.MofNCompleteColumn()] if counting else [progress.DownloadColumn(), progress.TransferSpeedColumn()]
    )
    columns = (
        progress.TextColumn(counting or "reading"),
        progress.BarColumn(),
        *amount,
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def update(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)

        yield update
