"""Patterns with `*` and `?`, in which case does not count."""

from __future__ import annotations

import re
from functools import cache


def fits(pattern: str, name: str) -> bool:
    """Whether the whole name fits. An empty name fits only `*`."""
    return _regex(pattern).fullmatch(name) is not None


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*+|\?)", pattern)
    wild = "".join(".*" if p.startswith("*") else "." if p == "?" else re.escape(p) for p in parts)
    return re.compile(wild, re.IGNORECASE | re.DOTALL)
