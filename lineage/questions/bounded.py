"""Answers of a size that a screen or a response can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

from lineage.model import LeftOut

Answer = TypeVar("Answer")


def bounded(answer: Answer, limit: int) -> tuple[Answer, tuple[LeftOut, ...]]:
    """An answer (a frozen dataclass) with at most `limit` records in each of its own lists, and what was left out."""
    lists: Mapping[str, tuple[Any, ...]] = {
        member.name: value
        for member in fields(answer)  # type: ignore[arg-type]
        if isinstance(value := getattr(answer, member.name), tuple)
    }
    left = tuple(LeftOut(name, len(value) - limit) for name, value in lists.items() if len(value) > limit)
    shorter = {name: value[:limit] for name, value in lists.items()}
    return replace(answer, **shorter), left  # type: ignore[type-var]


def as_json(answer: Any, limit: int) -> dict[str, Any]:
    """What machines get: `answer`, and `left_out` of it."""
    shorter, left = bounded(answer, limit)
    return {"answer": asdict(shorter), "left_out": [asdict(one) for one in left]}
