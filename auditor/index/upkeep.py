"""What keeps a store small: fewer and larger files, and nothing older than people want it to be.

Files go only after the catalogue has forgotten them; if that is interrupted, the next writer removes them.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from auditor.index.adding import file_of, new_segment
from auditor.index.catalogue import Catalogue, ModelRow, Segment
from auditor.index.hourly import window_models
from auditor.index.hours import HOUR, UNDATED
from auditor.index.models import lean, pack
from auditor.index.segments import Damaged, Kind, distinct, read_segment, sync_folder
from auditor.index.windows import Window, all_segments, segments_of
from lineage.merge import total

_DAY = 24 * HOUR
MOST_FILES = 16  # of a window's bucket


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days each level is kept, counted from the end of an hour. What tells less is kept no shorter."""

    spans: int = 7
    contexts: int = 30
    models: int = 365


KEEP = Keep()


@dataclass(frozen=True, slots=True)
class Expired:
    """How many hours lost their spans, their contexts and example traces, and all that was known of them."""

    spans: int = 0
    contexts: int = 0
    models: int = 0


def compact(folder: Path, catalogue: Catalogue, most: int) -> int:
    """Write one file for every window's bucket that has more than `most`; how many files there are fewer."""
    groups: dict[tuple[Kind, int, int], list[Segment]] = defaultdict(list)
    for segment in catalogue.segments():
        groups[segment.kind, segment.window, segment.bucket].append(segment)
    crowded = [group for group in groups.values() if len(group) > most]
    return sum(_joined(folder, catalogue, group) for group in crowded)


def _joined(folder: Path, catalogue: Catalogue, old: Sequence[Segment]) -> int:
    try:
        kind = old[0].kind
        batches = (batch for segment in old for batch in read_segment(file_of(folder, segment), kind, segment.digest))
        tables = (pa.Table.from_batches([batch]) for batch in batches)
        new = new_segment(folder, kind, old[0].window, old[0].bucket, [distinct(tables)] if kind == "rows" else tables)
    except (Damaged, FileNotFoundError):
        return 0  # left as they are: counting tells what they no longer give
    sync_folder(file_of(folder, new).parent)
    with catalogue.transaction():
        catalogue.replace_segments(old, new, int(time.time()))
    _remove(folder, old)
    return len(old) - 1


def expire(folder: Path, catalogue: Catalogue, windows: Iterable[Window], keep: Keep, now: int) -> Expired:
    """Drop the levels that are older than they are kept; `now` is in nanoseconds."""
    spans = contexts = models = 0
    for window in windows:
        age = now - (window.added * 10**9 if window.start == UNDATED else window.start + HOUR)
        if age > keep.models * _DAY:
            _forget(folder, catalogue, window)
            models += 1
            continue
        is_lean = age > keep.contexts * _DAY
        if age > keep.spans * _DAY and window.files:
            _seal(folder, catalogue, window, is_lean)
            spans += 1
            contexts += is_lean
        elif is_lean and not window.lean:
            _seal(folder, catalogue, window, is_lean)
            contexts += 1
    return Expired(spans, contexts, models)


def _seal(folder: Path, catalogue: Catalogue, window: Window, is_lean: bool) -> None:
    """Keep of a window what was counted in it, and nothing else."""
    segments = all_segments(catalogue)
    model = total(window_models(folder, catalogue, window, segments_of(catalogue, segments, window.start)))
    if is_lean:
        model = lean(model)
    row = ModelRow(window.start, "sealed", window.generation, is_lean, window.spans + window.sealed, pack(model))
    with catalogue.transaction():
        catalogue.remove_spans(window.start)
        catalogue.put_model(row)
    _remove(folder, segments.get(window.start, ()))


def _forget(folder: Path, catalogue: Catalogue, window: Window) -> None:
    files = [segment for segment in catalogue.segments() if segment.window == window.start]
    with catalogue.transaction():
        catalogue.remove_spans(window.start)
        catalogue.remove_window(window.start)
    _remove(folder, files)


def _remove(folder: Path, segments: Iterable[Segment]) -> None:
    for segment in segments:
        file = file_of(folder, segment)
        with suppress(OSError):
            file.unlink(missing_ok=True)
        with suppress(OSError):  # not empty yet
            file.parent.rmdir()
            file.parent.parent.rmdir()
