"""What a count is worth when telemetry was sampled.

exact: each of the spans says that it stands for itself alone. adjusted: each says for how many it stands, and their sum
is what there was, about. unknown: some or all do not say, so there were at least as many; what is missing is not a 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lineage.model import Seen

CountKind = Literal["exact", "adjusted", "unknown"]
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Sampled:
    """How a count came about. `adjusted` is about how many there were; where only some spans say so, about how many
    there were at least; None where none does."""

    kind: CountKind = "unknown"
    adjusted: int | None = None


UNKNOWN = Sampled()


def sampled(count: int, weighted: int, adjusted: int) -> Sampled:
    """Of `count` spans, `weighted` say for how many they stand, in sum `adjusted` millionths."""
    if not weighted:
        return UNKNOWN
    if weighted < count:
        return Sampled("unknown", round(adjusted / MILLION) + count - weighted)
    if adjusted == count * MILLION:
        return Sampled("exact", count)
    return Sampled("adjusted", round(adjusted / MILLION))


def worth_of(seen: Seen) -> Sampled:
    """What the number of calls is worth."""
    return sampled(seen.calls, seen.weighted, seen.adjusted)


def together(parts: Iterable[tuple[int, Sampled]]) -> Sampled:
    """What the sum of several counts is worth."""
    counts = list(parts)
    told = [one.adjusted for _, one in counts if one.adjusted is not None]
    if not told:
        return UNKNOWN
    adjusted = sum(number if one.adjusted is None else one.adjusted for number, one in counts)
    kinds = {one.kind for _, one in counts}
    if kinds == {"exact"}:
        return Sampled("exact", adjusted)
    return Sampled("unknown" if "unknown" in kinds else "adjusted", adjusted)
