"""One addition to a store: spans to segments on disk, all of which count together or not at all."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from auditor.index.catalogue import Catalogue, Segment
from auditor.index.hours import name_of
from auditor.index.placing import place
from auditor.index.segments import SUFFIX, chunks, make_folder, sync_folder, write_segment


def file_of(folder: Path, segment: Segment) -> Path:
    """Where a segment lies in a store's folder."""
    return folder / "spans" / name_of(segment.window) / str(segment.bucket) / f"{segment.id}{SUFFIX}"


def new_segment(folder: Path, window: int, bucket: int, tables: Iterable[pa.Table]) -> Segment:
    """Write a segment; on disk once its folder is synced. Raises AuditorError."""
    spans = 0

    def counted() -> Iterable[pa.Table]:
        nonlocal spans
        for table in tables:
            spans += table.num_rows
            yield table

    planned = Segment(uuid.uuid4().hex, window, bucket, 0, 0)
    file = file_of(folder, planned)
    make_folder(file.parent)
    size = write_segment(file, counted())
    return Segment(planned.id, window, bucket, spans, size)


class Adding:
    """The segments that one addition has written so far."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self._folder, self._catalogue = folder, catalogue
        self.segments: list[Segment] = []

    def write(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Write the spans into segments by window and bucket, and sync them."""
        for spans in chunks(batches):
            for placed in place(spans, self._catalogue.homes):
                self.segments.append(new_segment(self._folder, placed.window, placed.bucket, [placed.spans]))
        for parent in {file_of(self._folder, segment).parent for segment in self.segments}:
            sync_folder(parent)

    def register(self, key: str, added: int, report: str) -> None:
        """Tell the catalogue, within its transaction."""
        spans: Counter[int] = Counter()
        for segment in self.segments:
            spans[segment.window] += segment.spans
        self._catalogue.add_segments(self.segments, added)
        self._catalogue.add_source(key, added, report, spans)

    def discard(self) -> None:
        """Remove what was written."""
        for segment in self.segments:
            file_of(self._folder, segment).unlink(missing_ok=True)
