"""Lists in columns, for terminals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

_WIDEST = 90  # characters up to which a column is filled up


def columns(title: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A titled list; nothing at all without rows."""
    cells = [list(row) for row in rows]
    if not cells:
        return
    widths = [min(max(map(len, column)), _WIDEST) for column in zip(*cells, strict=True)]
    yield f"{title}:"
    for row in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
