"""What the intake has counted, as metrics, and whether it takes anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from auditor.intake import Intake
from auditor.intake.messages import Signal
from auditor.intake.state import Condition
from auditor.operation.families import Sample


def samples_of(intake: Intake) -> Iterator[Sample]:
    """Requests and records by outcome and reason, room, and whether the journal can be written."""
    counters = intake.counters()
    for signal in get_args(Signal):
        yield Sample("auditor_ingest_received_total", counters.received(signal).items, (signal,))
    for (signal, outcome, reason), count in counters:
        labels = (signal, outcome.value, reason.value or "none")
        yield Sample("auditor_ingest_records_total", count.items, labels)
        yield Sample("auditor_ingest_requests_total", count.requests, labels)
    yield Sample("auditor_ingest_queue_bytes", intake.room.taken)
    yield Sample("auditor_ingest_queue_limit_bytes", intake.limits.waiting_bytes)
    yield Sample("auditor_ingest_healthy", intake.state().condition is Condition.READY)


def trouble_of(intake: Intake) -> str | None:
    """Why nothing can be taken now, or None: a check of whether the service is ready."""
    state = intake.state()
    return None if state.condition is Condition.READY else state.what or state.condition.value
