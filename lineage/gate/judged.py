"""One exposure or leak with what was decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lineage.findings import Waiver
from lineage.gate.rules import Decided
from lineage.gate.subjects import Subject
from lineage.lock import Approval

State = Literal["approved", "new", "violation", "waived", "told"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the gate thinks of one exposure or leak. `waiver` is one for it, `honoured` whether it counts."""

    subject: Subject
    decided: Decided
    state: State
    approval: Approval | None = None
    waiver: Waiver | None = None
    most_days: int = 0  # that a waiver for it may run
    honoured: bool = False
