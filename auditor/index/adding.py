"""One addition to a store: spans to segments on disk, all of which count together or not at all."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from auditor.index.catalogue import Catalogue, Segment
from auditor.index.hours import name_of
from auditor.index.placing import place, trace_keys
from auditor.index.segments import SUFFIX, Kind, chunks, sync_folder, write_segment
from auditor.telemetry.spans import SpanBatch


def file_of(folder: Path, segment: Segment) -> Path:
    """Where a segment lies in a store's folder."""
    return folder / segment.kind / name_of(segment.window) / str(segment.bucket) / f"{segment.id}{SUFFIX}"


def new_segment(folder: Path, kind: Kind, window: int, bucket: int, tables: Iterable[pa.Table]) -> Segment:
    """Write a segment; on disk once its folder is synced. Raises AuditorError."""
    count = 0

    def counted() -> Iterator[pa.Table]:
        nonlocal count
        for table in tables:
            count += table.num_rows
            yield table

    planned = Segment(uuid.uuid4().hex, kind, window, bucket)
    size, digest = write_segment(file_of(folder, planned), kind, counted())
    return replace(planned, count=count, size=size, digest=digest)


class Adding:
    """The segments that one addition has written so far."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self._folder, self._catalogue = folder, catalogue
        self._segments: list[Segment] = []
        self._linked: set[int] = set()

    def write(self, batches: Iterable[SpanBatch]) -> None:
        """Write the batches into segments by window and bucket, and sync them."""
        for chunk in chunks(batches):
            for part in place(chunk, self._catalogue.homes):
                self._segments.append(new_segment(self._folder, part.kind, part.window, part.bucket, [part.table]))
                if part.kind == "links":
                    self._linked |= self._catalogue.add_links(trace_keys(part.table).tolist(), part.window)
        for parent in {file_of(self._folder, segment).parent for segment in self._segments}:
            sync_folder(parent)

    def register(self, key: str, added: int, report: str) -> None:
        """Tell the catalogue, within its transaction."""
        spans: Counter[int] = Counter()
        for segment in self._segments:
            spans[segment.window] += segment.count if segment.kind == "spans" else 0
        self._catalogue.add_segments(self._segments, added)
        self._catalogue.add_source(key, added, report, spans)
        self._catalogue.changed(self._linked)

    def discard(self) -> None:
        """Remove what was written."""
        for segment in self._segments:
            file_of(self._folder, segment).unlink(missing_ok=True)
