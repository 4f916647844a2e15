"""What is told of one request that was read."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.intake.messages import Reason, Signal

ITEMS: dict[Signal, str] = {"traces": "spans", "metrics": "data points", "logs": "log records"}
_WHY = {
    Reason.NO_SPAN: "without a trace id or span id, or no span at all",
    Reason.FAILED: "that could not be read",
    Reason.NOT_USED: "that are not used here and were dropped",
}


@dataclass(slots=True)
class Verdict:
    """`problem` when the request could not be read at all, else what of it was not usable.

    `items` counts those that are not rejected; of requests that were read together, the first has those of all.
    """

    items: int = 0
    rejected: dict[Reason, int] = field(default_factory=dict)
    problem: str = ""

    def reject(self, reason: Reason, items: int = 1) -> None:
        """Count items that are not usable."""
        if items:
            self.rejected[reason] = self.rejected.get(reason, 0) + items

    def message(self, signal: Signal) -> str:
        """What was rejected, in words for whoever runs the sender."""
        parts = (f"{count} {ITEMS[signal]} {_WHY[reason]}" for reason, count in sorted(self.rejected.items()))
        return "; ".join(parts)
