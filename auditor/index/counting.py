"""The spans of a window to its system model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from auditor.engine.local import count_spans
from auditor.index.adding import file_of
from auditor.index.catalogue import Segment
from auditor.index.hours import name_of
from auditor.index.placing import trace_keys
from auditor.index.segments import Damaged, Kind, batch_of, read_segment
from auditor.telemetry.columns import Ints
from auditor.telemetry.spans import SpanBatch
from lineage.merge import total
from lineage.system import SystemModel, Unseen

Begun = tuple[int, int]  # when traces begin: from, to (not included), in nanoseconds since the epoch


def count_window(
    folder: Path, window: int, segments: Sequence[Segment], within: Begun | None = None, is_last_try: bool = True
) -> SystemModel:
    """Count the spans of a window; of traces that begin `within` some time only, where there is one.

    `segments` are the window's own, and those of links and rows of windows that link to it. What damaged or missing
    ones no longer give is told as unseen. Raises FileNotFoundError when one is missing and this is not the last try: it
    may have been replaced meanwhile, and the catalogue knows by which.
    """
    reading = _Reading(folder, segments, is_last_try)
    begun = within and _begun(_Reading(folder, segments, is_last_try).read("spans"), within)
    model = count_spans(reading.batches(begun))
    if reading.lost:
        whole = sum(segment.count for segment in segments if segment.kind != "rows")
        lost = Unseen("damaged_segment", name_of(window), "", reading.lost, whole)
        model = total([replace(model, unseen=(*model.unseen, lost))])
    return model


@dataclass
class _Reading:
    """Segments as they are read. `lost` counts the spans and links that damage has cost so far."""

    folder: Path
    segments: Sequence[Segment]
    is_last_try: bool
    lost: int = 0
    _rows: list[Ints] = field(default_factory=list)
    _lacks_rows: bool = False

    def batches(self, begun: Ints | None) -> Iterator[SpanBatch]:
        """All rows, links, and the spans of the traces with these keys, or of all."""
        for rows in self.read("rows"):
            self._rows.append(rows["row"].to_numpy())
            yield batch_of("rows", rows)
        for links in self.read("links"):
            yield batch_of("links", self._with_rows(links, "from_row"))
        for spans in self.read("spans"):
            wanted = spans if begun is None else spans.filter(pa.array(np.isin(trace_keys(spans), begun)))
            yield batch_of("spans", self._with_rows(wanted, "row"))

    def read(self, kind: Kind) -> Iterator[pa.RecordBatch]:
        for segment in self.segments:
            if segment.kind != kind:
                continue
            left = segment.count
            try:
                for batch in read_segment(file_of(self.folder, segment), kind, segment.digest):
                    left -= batch.num_rows
                    yield batch
            except (Damaged, FileNotFoundError) as reason:
                if isinstance(reason, FileNotFoundError) and not self.is_last_try:
                    raise
                self._lacks_rows |= kind == "rows"
                self.lost += 0 if kind == "rows" else left

    def _with_rows(self, batch: pa.RecordBatch, column: str) -> pa.RecordBatch:
        """What of a batch still has its row: all of it, unless rows are damaged."""
        if not self._lacks_rows:
            return batch
        known = np.concatenate(self._rows) if self._rows else np.zeros(0, np.int64)
        kept = batch.filter(pa.array(np.isin(batch[column].to_numpy(), known)))
        self.lost += batch.num_rows - kept.num_rows
        return kept


def _begun(batches: Iterable[pa.RecordBatch], within: Begun) -> Ints:
    """The keys of the traces whose earliest span here lies in that time."""
    keys, firsts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for batch in batches:
        starts = np.concatenate((firsts, batch["start_ns"].to_numpy()))
        keys, trace = np.unique(np.concatenate((keys, trace_keys(batch))), return_inverse=True)
        firsts = np.full(len(keys), np.iinfo(np.int64).max)
        np.minimum.at(firsts, trace, starts)
    return keys[(firsts >= within[0]) & (firsts < within[1])]
