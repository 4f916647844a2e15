"""Unified diffs that `git apply` and `patch -p1` take."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff


def patch(path: str, before: str | None, after: str) -> str:
    """The change of one file; `before` is None where there is none yet. `path` is from the repository's root."""
    # on line feeds alone: other line ends are text to the tools that apply it
    old, new = _lines(before or ""), _lines(after)
    return "".join(_ended(unified_diff(old, new, "/dev/null" if before is None else f"a/{path}", f"b/{path}")))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
