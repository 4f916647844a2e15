"""What an index keeps, as the telemetry of an audit."""

from __future__ import annotations

from auditor.errors import InputError
from auditor.index.hours import HOUR, UNDATED, shown
from auditor.index.store import StoreReader
from auditor.material import Kept
from auditor.telemetry.report import ReadReport
from lineage.system import SystemModel


def read_kept(kept: Kept, report: ReadReport) -> SystemModel:
    """The system model of the period, its parts not yet named; `report` learns what the sources' reading told.

    Raises InputError when there is no index, nothing in it of that period, or not enough to tell.
    """
    period = kept.period
    with StoreReader(kept.folder) as store:
        model = store.model(period.start, period.end, report)
        if model.spans or (period.is_open and report.inputs):
            return model
        hours = [window.start for window in store.windows() if window.start != UNDATED]
    held = (
        f"it holds {shown(min(hours))} to {shown(max(hours) + HOUR)}" if hours else "it holds nothing of a known time"
    )
    raise InputError(f"{kept.folder}: no traces begin in that period; {held}")
