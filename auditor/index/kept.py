"""What an index keeps, or the indexes in a folder, as the telemetry of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from auditor.errors import InputError
from auditor.index.catalogue import FILE
from auditor.index.hours import HOUR, UNDATED, shown
from auditor.index.store import StoreReader
from auditor.material import Kept
from auditor.telemetry.report import ReadReport
from lineage.merge import total
from lineage.system import SystemModel


def read_kept(kept: Kept, report: ReadReport) -> SystemModel:
    """The system model of the period, its parts not yet named; `report` learns what the sources' reading told.

    Several indexes add up: each trace is taken to lie whole in one of them. Raises InputError when there is none,
    nothing in them of that period, or not enough to tell.
    """
    period, hours, models = kept.period, [], []
    for folder in _indexes(Path(kept.folder)):
        with StoreReader(folder) as store:
            models.append(store.model(period.start, period.end, report))
            hours += [window.start for window in store.windows() if window.start != UNDATED]
    model = models[0] if len(models) == 1 else total(models)
    if model.spans or (period.is_open and report.inputs):
        return model
    held = (
        f"it holds {shown(min(hours))} to {shown(max(hours) + HOUR)}" if hours else "it holds nothing of a known time"
    )
    raise InputError(f"{kept.folder}: no traces begin in that period; {held}")


def _indexes(folder: Path) -> Sequence[Path]:
    """The folder itself where it is an index, else the indexes in it; itself where there are none."""
    inside = sorted(file.parent for file in folder.glob(f"*/{FILE}"))
    return [folder] if (folder / FILE).exists() or not inside else inside
