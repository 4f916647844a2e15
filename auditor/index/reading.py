"""What a store answers: the model of any period, from the cheapest level that can tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import InputError
from auditor.index.catalogue import Catalogue
from auditor.index.counting import Begun, count_window
from auditor.index.daily import by_day, sum_of_day
from auditor.index.hourly import told, window_models
from auditor.index.hours import HOUR, UNDATED, shown
from auditor.index.windows import Segments, Window, all_segments, all_windows, segments_of
from lineage.merge import total
from lineage.system import SystemModel

_EVER = (-(1 << 63), (1 << 63) - 1)
_TRIES = 5  # segments are replaced while they are read: by compaction, which is rare


def windows_of(catalogue: Catalogue) -> list[Window]:
    """What is kept of which hour, the earliest first."""
    with catalogue.snapshot():
        return all_windows(catalogue, all_segments(catalogue))


def model_of(
    folder: Path, catalogue: Catalogue, start: int | None, end: int | None, with_undated: bool = False
) -> tuple[SystemModel, Sequence[str]]:
    """The model of a period, and the reports of its sources. See `StoreReader.model`."""
    for tries_left in reversed(range(_TRIES)):
        try:
            with catalogue.snapshot():
                return _Question(folder, catalogue, start, end, with_undated, is_last_try=not tries_left).answer()
        except FileNotFoundError:
            continue
    raise AssertionError("the last try finds no file missing")


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of a store: the traces that begin from `start` on and before `end`."""

    folder: Path
    catalogue: Catalogue
    start: int | None
    end: int | None
    with_undated: bool
    is_last_try: bool

    def answer(self) -> tuple[SystemModel, Sequence[str]]:
        is_all = self.start is None and self.end is None
        segments = all_segments(self.catalogue)
        every = all_windows(self.catalogue, segments)
        asked = [window for window in every if is_all or self._touches(window)]
        self._refuse([window for window in asked if window.sealed and self._part(window)])
        reports = self.catalogue.reports(None if is_all else [window.start for window in asked])
        days, model = by_day(every), SystemModel()
        for day, windows in by_day(asked).items():
            is_whole = windows == days[day] and not any(map(self._part, windows))
            known = sum_of_day(self.catalogue, day, windows) if is_whole else None
            parts = [known] if known else [part for window in windows for part in self._models(window, segments)]
            model = total([model, *parts])
        lean = sum(window.lean for window in asked)
        thin = told("counts_only", "hours of the index", lean, len(asked)) if lean else SystemModel()
        return total([model, thin]), reports

    def _models(self, window: Window, segments: Segments) -> Iterator[SystemModel]:
        part = self._part(window)
        files = segments_of(self.catalogue, segments, window.start)
        if part:
            yield count_window(self.folder, window.start, files, part, self.is_last_try)
        else:
            yield from window_models(self.folder, self.catalogue, window, files, self.is_last_try)

    def _touches(self, window: Window) -> bool:
        """Whether any of an hour is asked for."""
        if window.start == UNDATED:
            return self.with_undated
        after_start = self.start is None or window.start + HOUR > self.start
        return after_start and (self.end is None or window.start < self.end)

    def _part(self, window: Window) -> Begun | None:
        """Which part of a window is asked for; None for all of it. A trace at its border belongs to it all the same."""
        if window.start == UNDATED:
            return None
        first = self.start if self.start is not None and self.start > window.start else None
        last = self.end if self.end is not None and self.end < window.start + HOUR else None
        if first is None and last is None:
            return None
        return (_EVER[0] if first is None else first, _EVER[1] if last is None else last)

    def _refuse(self, windows: Sequence[Window]) -> None:
        if windows:
            hours = ", ".join(f"{shown(window.start)} to {shown(window.start + HOUR)}" for window in windows)
            raise InputError(
                f"{self.folder}: only whole hours can be told of {hours}, since their spans are no longer kept"
            )
