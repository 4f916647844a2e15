"""The lock: what was approved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Approval:
    """An approved exposure (or leak: `sink_kind` is then telemetry) as the lock holds it; `at` is a day (ISO 8601).

    `evidence` and `fields` (ids, sorted) are what they were when it was approved; `purpose` what it was approved for.
    """

    id: str
    category: str
    sink_kind: str
    sink: str
    evidence: str
    by: str
    at: str
    reason: str
    purpose: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """What was approved, and the services and operations (service, name) that were seen then."""

    approvals: tuple[Approval, ...] = ()
    services: tuple[str, ...] = ()
    operations: tuple[tuple[str, str], ...] = ()
