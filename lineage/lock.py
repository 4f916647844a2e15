"""The lock: what was approved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Approval:
    """An approved exposure as the lock holds it. `evidence` is what it was when approved; `at` a date (ISO 8601)."""

    id: str
    category: str
    sink_kind: str
    sink: str
    evidence: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What was approved, and the services that were seen then."""

    approvals: tuple[Approval, ...] = ()
    services: tuple[str, ...] = ()
