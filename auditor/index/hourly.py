"""The model of one window, from what was counted before as far as there is any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from auditor.index.catalogue import Catalogue, Part, Segment
from auditor.index.counting import count_window
from auditor.index.hours import name_of
from auditor.index.models import Unreadable, unpack
from auditor.index.windows import Window
from lineage.system import SystemModel, Unseen


def window_models(
    folder: Path, catalogue: Catalogue, window: Window, segments: Sequence[Segment], is_last_try: bool = True
) -> Iterator[SystemModel]:
    """The models that make up a window: what was counted, and what is left counted now.

    `segments` are those that it is counted with (`segments_of`). Raises FileNotFoundError as `count_window` does.
    """
    if window.sealed:
        yield _unpacked(catalogue, window, "sealed") or told(
            "damaged_model", name_of(window.start), window.sealed, window.sealed
        )
    if segments:
        counted = None if window.changed else _unpacked(catalogue, window, "counted")
        yield counted or count_window(folder, window.start, segments, is_last_try=is_last_try)
    if window.sealed and segments:
        yield told("late_span", name_of(window.start), window.spans, window.spans + window.sealed)


def told(kind: str, where: str, count: int, whole: int) -> SystemModel:
    """A model that only says what is not seen."""
    return SystemModel(unseen=(Unseen(kind, where, "", count, whole),))


def _unpacked(catalogue: Catalogue, window: Window, part: Part) -> SystemModel | None:
    try:
        return unpack(catalogue.body(window.start, part) or b"")
    except Unreadable:
        return None
