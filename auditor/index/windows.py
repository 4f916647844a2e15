"""What is kept of which hour, as the catalogue tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.index.catalogue import Catalogue, Segment

Segments = Mapping[int, Sequence[Segment]]  # by window


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


def all_segments(catalogue: Catalogue) -> Segments:
    """Every segment, by window."""
    found: dict[int, list[Segment]] = defaultdict(list)
    for segment in catalogue.segments():
        found[segment.window].append(segment)
    return found


def segments_of(catalogue: Catalogue, segments: Segments, window: int) -> Sequence[Segment]:
    """The segments that a window is counted with: its own, and the links that lead to it from other windows."""
    own = list(segments.get(window, ()))
    linking = catalogue.linking(window) if own else ()
    return own + [one for other in linking for one in segments.get(other, ()) if one.kind != "spans"]


def all_windows(catalogue: Catalogue, segments: Segments) -> list[Window]:
    """Every window, the earliest first."""
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
                sum(segment.count for segment in files if segment.kind == "spans"),
                len(files),
                sum(segment.size for segment in files),
                changed=bool(files) and (counted is None or counted.generation != row.generation),
                sealed=sealed.spans if sealed else 0,
                lean=any(model.lean for model in (sealed, counted) if model),
            )
        )
    return found
