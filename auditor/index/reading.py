"""What a store answers: the model of any period, from the cheapest level that can tell it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import InputError
from auditor.index.catalogue import Catalogue, Part, Segment
from auditor.index.counting import Period, count_window
from auditor.index.hours import HOUR, UNDATED, name_of, shown
from auditor.index.models import Unreadable, unpack
from lineage.merge import total
from lineage.system import SystemModel, Unseen

_EVER = (-(1 << 63), (1 << 63) - 1)
_TRIES = 5  # segments are replaced while they are read: by compaction, which is rare


@dataclass(frozen=True, slots=True)
class Window:
    """What is kept of an hour: `start` in nanoseconds, UNDATED for traces without a time that can be true.

    `spans` lie in `files` of `size` bytes, counted or still to be (`changed`). `sealed` spans are gone, and counted
    before; `lean` says that contexts and example traces of them are gone too.
    """

    start: int
    generation: int
    added: int
    spans: int
    files: int
    size: int
    changed: bool
    sealed: int
    lean: bool


def windows_of(catalogue: Catalogue) -> list[Window]:
    """What is kept of which hour, the earliest first."""
    with catalogue.snapshot():
        return _windows(catalogue, _segments(catalogue))


def model_of(
    folder: Path, catalogue: Catalogue, start: int | None, end: int | None
) -> tuple[SystemModel, Sequence[str]]:
    """The model of a period, and the reports of its sources. See `StoreReader.model`."""
    for _ in range(_TRIES):
        try:
            return _model_of(folder, catalogue, start, end)
        except FileNotFoundError:
            continue
    raise InputError(f"{folder}: files of spans are missing; index the inputs again into a new folder")


def _model_of(
    folder: Path, catalogue: Catalogue, start: int | None, end: int | None
) -> tuple[SystemModel, Sequence[str]]:
    is_all = start is None and end is None
    with catalogue.snapshot():
        segments = _segments(catalogue)
        windows = [w for w in _windows(catalogue, segments) if is_all or _overlap(w, start, end)]
        parts = [_Part(w, segments[w.start], _within(w, start, end)) for w in windows]
        _refuse(folder, [part.window for part in parts if part.period and part.window.sealed])
        reports = catalogue.reports(None if is_all else [w.start for w in windows])
        model = SystemModel()
        for part in parts:
            model = total([model, *part.models(folder, catalogue)])
    return total([model, _thinned(windows)]), reports


@dataclass(frozen=True, slots=True)
class _Part:
    """What is asked of a window: all of it, or the traces that begin within `period`."""

    window: Window
    segments: Sequence[Segment]
    period: Period | None

    def models(self, folder: Path, catalogue: Catalogue) -> Iterator[SystemModel]:
        if self.period is not None:
            yield count_window(folder, self.segments, self.period)
        else:
            yield from window_models(folder, catalogue, self.window, self.segments)


def window_models(
    folder: Path, catalogue: Catalogue, window: Window, segments: Sequence[Segment]
) -> Iterator[SystemModel]:
    """The models that make up a window: what was counted as far as it was, what is left counted now."""
    if window.sealed:
        yield _unpacked(catalogue, window, "sealed") or _lost(window)
    if segments:
        counted = None if window.changed else _unpacked(catalogue, window, "counted")
        yield count_window(folder, segments) if counted is None else counted
    if window.sealed and segments:
        yield _told("late_span", name_of(window.start), window.spans, window.spans + window.sealed)


def _overlap(window: Window, start: int | None, end: int | None) -> bool:
    """Whether any of an hour lies in a period: never what has no time."""
    if window.start == UNDATED:
        return False
    return (start is None or window.start + HOUR > start) and (end is None or window.start < end)


def _within(window: Window, start: int | None, end: int | None) -> Period | None:
    """Which part of a window is asked for; None for all of it. A trace at its border belongs to it all the same."""
    first = start if start is not None and start > window.start else None
    last = end if end is not None and end < window.start + HOUR else None
    if (first is None and last is None) or window.start == UNDATED:
        return None
    return (_EVER[0] if first is None else first, _EVER[1] if last is None else last)


def _refuse(folder: Path, windows: Sequence[Window]) -> None:
    if windows:
        hours = ", ".join(f"{shown(w.start)} to {shown(w.start + HOUR)}" for w in windows)
        raise InputError(f"{folder}: only whole hours can be told of {hours}, since their spans are no longer kept")


def _unpacked(catalogue: Catalogue, window: Window, part: Part) -> SystemModel | None:
    try:
        return unpack(catalogue.body(window.start, part) or b"")
    except Unreadable:
        return None


def _lost(window: Window) -> SystemModel:
    """In place of a model that is damaged and whose spans are gone."""
    return _told("damaged_model", name_of(window.start), window.sealed, window.sealed)


def _thinned(windows: Sequence[Window]) -> SystemModel:
    lean = sum(window.lean for window in windows)
    return _told("counts_only", "hours of the index", lean, len(windows)) if lean else SystemModel()


def _told(kind: str, where: str, count: int, whole: int) -> SystemModel:
    return SystemModel(unseen=(Unseen(kind, where, "", count, whole),))


def _windows(catalogue: Catalogue, segments: Mapping[int, Sequence[Segment]]) -> list[Window]:
    models = {(row.window, row.part): row for row in catalogue.models()}
    found = []
    for row in catalogue.windows():
        sealed, counted = models.get((row.start, "sealed")), models.get((row.start, "counted"))
        files = segments.get(row.start, ())
        found.append(
            Window(
                row.start,
                row.generation,
                row.added,
                sum(segment.spans for segment in files),
                len(files),
                sum(segment.size for segment in files),
                changed=bool(files) and (counted is None or counted.generation != row.generation),
                sealed=sealed.spans if sealed else 0,
                lean=any(model.lean for model in (sealed, counted) if model),
            )
        )
    return found


def _segments(catalogue: Catalogue) -> dict[int, list[Segment]]:
    found: dict[int, list[Segment]] = defaultdict(list)
    for segment in catalogue.segments():
        found[segment.window].append(segment)
    return found
