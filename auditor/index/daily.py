"""Sums over whole days, so that a year is told from 365 models instead of 8,760.

They only save time: a sum is used while the hours are those that it was made of, and can be made again from them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from auditor.index.catalogue import Catalogue
from auditor.index.hourly import window_models
from auditor.index.hours import HOUR
from auditor.index.models import Unreadable, pack, unpack
from auditor.index.windows import Window, all_segments, segments_of
from lineage.merge import total
from lineage.system import SystemModel

DAY = 24 * HOUR
Days = dict[int, list[Window]]


def by_day(windows: Iterable[Window]) -> Days:
    """Windows by the first moment of their day, in UTC."""
    return {day: list(group) for day, group in groupby(windows, lambda window: window.start - window.start % DAY)}


def sum_of_day(catalogue: Catalogue, day: int, windows: Sequence[Window]) -> SystemModel | None:
    """What these windows, all that there are of a day, add up to; None when that is not known."""
    found = catalogue.day(day, _state(windows))
    try:
        return None if found is None else unpack(found)
    except Unreadable:
        return None


def sum_up(folder: Path, catalogue: Catalogue, windows: Sequence[Window]) -> None:
    """Keep the sums of days, but of the last, which still changes; those of days that have changed are made again."""
    segments, known, kept = all_segments(catalogue), catalogue.days(), []
    for day, group in list(by_day(windows).items())[:-1]:
        is_alike = len({window.lean for window in group}) == 1 and not any(window.changed for window in group)
        if len(group) == 1 or not is_alike:
            continue
        kept.append(day)
        state = _state(group)
        if known.get(day) != state:
            files = {window.start: segments_of(catalogue, segments, window.start) for window in group}
            models = (model for w in group for model in window_models(folder, catalogue, w, files[w.start]))
            with catalogue.transaction():
                catalogue.put_day(day, state, pack(total(models)))
    with catalogue.transaction():
        catalogue.keep_days(kept)


def _state(windows: Sequence[Window]) -> str:
    return json.dumps([[window.start, window.generation, window.sealed, window.lean] for window in windows])
