"""How often the live service does what."""

from __future__ import annotations

from dataclasses import dataclass

QUIET = 5.0  # seconds without a span, after which a trace is taken to be complete


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. Between looks at the journal; of quiet after which a trace counts; between moves into the index; between
    countings of what has changed in it, at least; between times of upkeep; between looks at the files of standards.
    `window` is how far back audits look, to the hour.
    """

    look: float = 1.0
    quiet: float = QUIET
    move: float = 20.0
    count: float = 60.0
    upkeep: float = 900.0
    standards: float = 3.0
    window: float = 7 * 86_400.0

    def since(self, now: float) -> int:
        """From when on audits look, in nanoseconds since the epoch: the first moment of an hour."""
        return int((now - self.window) // 3_600) * 3_600 * 10**9

    def rest(self, took: float) -> float:
        """How long to wait after a counting that took so long: it takes a sixth of the time, but comes hourly."""
        return max(self.count, min(5 * took, 3_600.0))
