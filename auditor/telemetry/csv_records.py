"""Lines of a CSV to records, so that a stray quote costs its own record and not the rest of the file."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8 as BOM
from collections import deque
from collections.abc import Callable, Iterator

Fault = Callable[[str, str], None]  # where, what
_MAX_LINE = 1 << 20  # bytes
_MAX_LINES = 200  # that one record may span


def read_records(
    stream: io.BufferedReader, delimiter: str, width: int, fault: Fault
) -> Iterator[tuple[str, list[str]]]:
    """(where, cells) of every record after the header that has `width` cells; what has not is told to `fault`.

    A quoted cell may hold line ends. Where quotes do not close, or make no record of the right width, the line is taken
    by itself, and the next one begins a record again.
    """
    lines = _lines(stream, fault)
    next(lines, None)  # the header
    waiting: deque[tuple[int, str]] = deque()
    while (first := waiting.popleft() if waiting else next(lines, None)) is not None:
        number, line = first
        if not line.strip():
            continue
        cells = _cells(line, delimiter)
        if line.count('"') % 2:
            more = _until_closed(waiting, lines)
            joined = _cells(line + "".join(text for _, text in more), delimiter)
            if more and joined is not None and len(joined) == width:
                cells = joined
            else:
                waiting.extendleft(reversed(more))
        if cells is None or len(cells) != width:
            fault(f"line {number}", "has not as many cells as the header")
        else:
            yield f"line {number}", cells


def _until_closed(waiting: deque[tuple[int, str]], lines: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines up to the one that closes an open quote, or as many as one record may have."""
    more: list[tuple[int, str]] = []
    while len(more) < _MAX_LINES and (following := waiting.popleft() if waiting else next(lines, None)) is not None:
        more.append(following)
        if following[1].count('"') % 2:
            break
    return more


def _lines(stream: io.BufferedReader, fault: Fault) -> Iterator[tuple[int, str]]:
    """Numbered lines with their ends; one that is too long is told to `fault` and left out."""
    number = 0
    while raw := stream.readline(_MAX_LINE + 1):
        number += 1
        if len(raw) > _MAX_LINE and not raw.endswith(b"\n"):
            while (rest := stream.readline(_MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            fault(f"line {number}", f"is longer than {_MAX_LINE >> 20} MiB")
            continue
        if number == 1:
            raw = raw.removeprefix(BOM)
        yield number, raw.decode("utf-8", "replace")


def _cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of one record; None when the text is no record, or more than one."""
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None
