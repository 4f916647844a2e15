"""What a process of the local runner does: read files and pieces into parts, count buckets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from auditor.engine.buckets import Gathered, Part, read_buckets
from auditor.engine.kernel import Limits, count_traces
from auditor.telemetry.otlp_columns import Learned
from auditor.telemetry.pieces import Piece, PieceReport, read_piece
from auditor.telemetry.read import Columns, Source, read_source
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import LINK, SPAN, SpanBatch
from lineage.system import SystemModel

ROWS = "rows"  # the file of all rows


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Files or pieces to read one after another; `name` names the parts that come of it."""

    name: str
    inputs: tuple[Source | Piece, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a `ReadTask`: a report for each input, parts, and the rows that this process had not yet told."""

    reports: tuple[ReadReport | PieceReport, ...]
    parts: tuple[Part, ...]
    rows: tuple[pa.RecordBatch, ...]


@dataclass(frozen=True, slots=True)
class CountTask:
    """Buckets to count, of all parts."""

    parts: tuple[Part, ...]
    buckets: range


class Worker:
    """The state of a process: where parts go, and what it has learned of spans."""

    def __init__(self, folder: Path, columns: Columns | None, bytes_read: Any, limits: Limits) -> None:
        self.folder, self.columns, self.limits = folder, columns, limits
        self.learned = Learned()
        self._bytes_read = bytes_read  # a number shared by all processes

    def read(self, task: ReadTask) -> Taken:
        """Read the inputs of a task. Raises InputError."""
        gathered = Gathered(self.folder, task.name)
        reports: list[ReadReport | PieceReport] = []
        for one in task.inputs:
            report = PieceReport(one) if isinstance(one, Piece) else ReadReport()
            told = 0
            for batch in self._batches(one, report):
                gathered.add(batch)
                told = self._tell(report.bytes_read, told)
            self._tell(report.bytes_read, told)
            reports.append(report)
        gathered.write()
        return Taken(tuple(reports), tuple(gathered.parts), tuple(gathered.rows().to_batches()))

    def _batches(self, one: Source | Piece, report: ReadReport | PieceReport) -> Iterator[SpanBatch]:
        if isinstance(report, PieceReport):
            return read_piece(report, self.learned)
        assert isinstance(one, Source)
        return read_source(one, report, self.columns, self.learned)

    def _tell(self, now: int, told: int) -> int:
        with self._bytes_read.get_lock():
            self._bytes_read.value += now - told
        return now

    def count(self, task: CountTask) -> SystemModel:
        """Count some buckets."""
        spans = read_buckets((part.spans for part in task.parts), task.buckets, SPAN)
        links = read_buckets((part.links for part in task.parts), task.buckets, LINK)
        with pa.OSFile(str(self.folder / ROWS), "rb") as file:
            rows = pa.ipc.open_file(file).read_all()
        return count_traces(spans, links, rows, self.limits)


_worker: Worker | None = None


def start(folder: Path, columns: Columns | None, bytes_read: Any, limits: Limits) -> None:
    """Make this process a worker."""
    global _worker
    _worker = Worker(folder, columns, bytes_read, limits)


def read(task: ReadTask) -> Taken:
    """See `Worker.read`."""
    assert _worker is not None
    return _worker.read(task)


def count(task: CountTask) -> SystemModel:
    """See `Worker.count`."""
    assert _worker is not None
    return _worker.count(task)
