"""How well sensitive columns are told from others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over the scored columns; `right` of the hits have a category that is held for right, where asked."""

    hits: int
    alarms: int
    missed: int
    right: int = 0

    @property
    def precision(self) -> float:
        return self.hits / max(1, self.hits + self.alarms)

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.hits + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, 2 * self.hits + self.alarms + self.missed)

    @property
    def category(self) -> float:
        """The share of the sensitive columns that got a right category."""
        return self.right / max(1, self.hits + self.missed)

    def __str__(self) -> str:
        return f"P {self.precision:.3f}  R {self.recall:.3f}  F1 {self.f1:.3f}"
