"""Remembering what was made of a text: most texts of telemetry come again and again. In memory only, and bounded."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

Rest = ParamSpec("Rest")
Result = TypeVar("Result")
ENTRIES, LONGEST = 1 << 14, 4096


def remembered(function: Callable[Concatenate[str, Rest], Result]) -> Callable[Concatenate[str, Rest], Result]:
    """Cache a pure function of a text. Texts over 4,096 characters seldom come again and are not kept."""
    kept = lru_cache(ENTRIES)(function)

    @wraps(function)
    def call(text: str, /, *rest: Rest.args, **named: Rest.kwargs) -> Result:
        if len(text) > LONGEST:
            return function(text, *rest, **named)
        return kept(text, *rest, **named)  # type: ignore[arg-type]  # hashable: texts, numbers, None

    return call
