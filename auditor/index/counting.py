"""Windows to system models: from what was counted before, or by counting the spans again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from auditor.engine.local import count_spans
from auditor.index.adding import file_of
from auditor.index.catalogue import Segment
from auditor.index.hours import name_of
from auditor.index.segments import Damaged, read_segment
from auditor.telemetry.columns import Column, pc
from lineage.merge import total
from lineage.system import SystemModel, Unseen

Period = tuple[int, int]  # from, to (not included): nanoseconds since the epoch


@dataclass
class _Losses:
    """Spans that damaged segments no longer give."""

    spans: int = 0


def count_window(folder: Path, segments: Sequence[Segment], period: Period | None = None) -> SystemModel:
    """Count the spans of one window's segments; of traces that begin within `period` only, where there is one.

    What a damaged segment no longer gives is told as unseen. Raises FileNotFoundError when a segment was replaced
    meanwhile: the catalogue knows by which.
    """
    losses = _Losses()
    spans = _read(folder, segments, losses)
    if period is not None:
        begun = _begun(_read(folder, segments, _Losses()), period)
        spans = (batch.filter(pc.is_in(batch["trace_id"], value_set=begun)) for batch in spans)
    model = count_spans(spans)
    if losses.spans:
        whole = sum(segment.spans for segment in segments)
        lost = Unseen("damaged_segment", name_of(segments[0].window), "", losses.spans, whole)
        model = total([replace(model, unseen=(*model.unseen, lost))])
    return model


def _read(folder: Path, segments: Sequence[Segment], losses: _Losses) -> Iterator[pa.RecordBatch]:
    for segment in segments:
        left = segment.spans
        try:
            for batch in read_segment(file_of(folder, segment)):
                left -= batch.num_rows
                yield batch
        except Damaged:
            losses.spans += left


def _begun(batches: Iterator[pa.RecordBatch], period: Period) -> Column:
    """The ids of the traces whose earliest span here lies within the period."""
    columns = ["trace_id", "start_ns"]
    firsts = [_firsts(pa.Table.from_batches([batch.select(columns)])) for batch in batches]
    if not firsts:
        return pa.array([], pa.string())
    traces = _firsts(pa.concat_tables(firsts))
    start, end = period
    within = pc.and_(pc.greater_equal(traces["start_ns"], start), pc.less(traces["start_ns"], end))
    return traces.filter(within)["trace_id"].combine_chunks()


def _firsts(spans: pa.Table) -> pa.Table:
    found = spans.group_by("trace_id").aggregate([("start_ns", "min")])
    return found.select(["trace_id", "start_ns_min"]).rename_columns(["trace_id", "start_ns"])
