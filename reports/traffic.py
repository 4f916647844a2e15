"""How often two parties were seen exchanging something, and how often that failed: the thickness of a line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import log10

from lineage.audit import Audit


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls and errors between two names, whoever called."""

    calls: int = 0
    errors: int = 0

    @property
    def width(self) -> float:
        """Of the line, in points: 1 for one call, half a point more for each further digit, 4 at most."""
        return min(1 + log10(max(self.calls, 1)) / 2, 4.0)


def traffic(audit: Audit) -> dict[frozenset[str], Traffic]:
    """The traffic between each pair of names; where no calls were counted (a store), the busiest flow's."""
    calls: dict[frozenset[str], int] = defaultdict(int)
    errors: dict[frozenset[str], int] = defaultdict(int)
    for call in audit.calls:
        if call.caller is not None:
            pair = frozenset((call.caller, call.callee))
            calls[pair] += call.calls
            errors[pair] += call.errors
    most: dict[frozenset[str], int] = defaultdict(int)
    for flow in audit.flows:
        pair = frozenset((flow.source.name, flow.sink.name))
        most[pair] = max(most[pair], flow.calls)
    return {pair: Traffic(calls[pair] or most[pair], errors[pair]) for pair in {*calls, *most}}
