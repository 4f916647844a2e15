"""What a check of the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`problem` is what keeps the service from working or keeping its promises; `note` is worth knowing."""

    check: str
    level: Level
    what: str
