"""What the current audit says, as metrics."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import get_args

from auditor.operation.families import Sample
from lineage.audit import Audit
from lineage.model import ExposureState


def samples_of(audit: Audit, now: float | None = None) -> Iterator[Sample]:
    """Exposures by state, leaks, gaps, services, and how old the newest span is."""
    states = Counter(exposure.state for exposure in audit.exposures)
    for state in get_args(ExposureState):
        yield Sample("auditor_exposures", states[state], (state,))
    for kind, number in Counter(gap.kind for gap in audit.gaps).items():
        yield Sample("auditor_gaps", number, (kind,))
    yield Sample("auditor_leaks", len(audit.leaks))
    yield Sample("auditor_services", len(audit.services))
    if audit.scope.last:
        newest = datetime.fromisoformat(audit.scope.last).timestamp()
        yield Sample("auditor_audit_age_seconds", max(0.0, (time.time() if now is None else now) - newest))
