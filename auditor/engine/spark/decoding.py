"""Reading inside a task: inputs to records of redacted spans, links and rows, and a note on each input."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa

from auditor.engine.buckets import bucket_of
from auditor.engine.spark.records import LINKS, ROWS, SPANS, Failure, Note, Record, note
from auditor.errors import InputError
from auditor.telemetry.columns import Ints
from auditor.telemetry.otlp_columns import Learned
from auditor.telemetry.pieces import Piece, PieceReport, read_piece
from auditor.telemetry.read import Columns, Readable, Source, read_source
from auditor.telemetry.report import ReadReport
from auditor.telemetry.shelf import Shelf, joined
from auditor.telemetry.spans import SpanBatch

ROW_GROUPS = 16  # rows are made distinct in so many groups
_MOST_SPANS = 500_000  # in memory at a time
_MOST_ROWS = 1 << 17  # remembered from task to task


@dataclass(frozen=True, slots=True)
class Digest:
    """A file of which the SHA-256 is asked for, since it is read in pieces."""

    file: Path


@dataclass(frozen=True, slots=True)
class Content:
    """A file that Spark has read: its stored bytes."""

    shown: str
    is_named: bool
    data: pa.Buffer

    @property
    def name(self) -> str:
        """What the report calls it."""
        return self.shown.rpartition("/")[2]

    def open(self) -> AbstractContextManager[BinaryIO]:
        """The bytes as a stream."""
        return cast(AbstractContextManager[BinaryIO], pa.BufferReader(self.data))


@dataclass(frozen=True, slots=True)
class Input:
    """Something to read; `source` and `place` as in `Note`."""

    source: int
    place: int
    what: Source | Content | Piece | Digest


class Decoder:
    """Reads for one task after another; what it learned of spans serves the next. In memory only, and bounded."""

    def __init__(self) -> None:
        self._learned, self._shelf = Learned(), Shelf()

    def read(self, task: int, inputs: Iterable[Input], columns: Columns | None, bits: int) -> Iterator[Record]:
        """The records of inputs, with spans and links in 2 ** `bits` buckets. Raises OSError where a piece is gone."""
        if len(self._shelf) > _MOST_ROWS:
            self._learned, self._shelf = Learned(), Shelf()
        notes: list[Note] = []
        for lot in _lots(self._batches(inputs, columns, notes)):
            batch = joined(lot, self._shelf)
            for kind, part, bucket in (
                (SPANS, batch.spans, _buckets(batch.spans, bits)),
                (LINKS, batch.links, _buckets(batch.links, bits)),
                (ROWS, batch.rows, batch.rows["row"].to_numpy() % ROW_GROUPS),
            ):
                yield from (Record(task, kind, number, data) for number, data in _divided(part, bucket))
        for one in notes:
            yield note(task, one.source % ROW_GROUPS, one)

    def _batches(self, inputs: Iterable[Input], columns: Columns | None, notes: list[Note]) -> Iterator[SpanBatch]:
        for one in inputs:
            told: ReadReport | PieceReport | Failure | str
            if isinstance(one.what, Digest):
                with one.what.file.open("rb") as stream:
                    told = hashlib.file_digest(stream, "sha256").hexdigest()
            elif isinstance(one.what, Piece):
                told = piece = PieceReport(one.what)
                yield from read_piece(piece, self._learned)
            else:
                try:
                    told = report = ReadReport()
                    yield from self._whole(one.what, report, columns)
                except InputError as problem:
                    told = Failure(str(problem))
            notes.append(Note(one.source, one.place, told))

    def _whole(self, source: Readable, report: ReadReport, columns: Columns | None) -> Iterator[SpanBatch]:
        return read_source(source, report, columns, self._learned)


def _lots(batches: Iterable[SpanBatch]) -> Iterator[list[SpanBatch]]:
    lot: list[SpanBatch] = []
    count = 0
    for batch in batches:
        lot.append(batch)
        count += batch.num_rows
        if count >= _MOST_SPANS:
            yield lot
            lot, count = [], 0
    if lot:
        yield lot


def _buckets(part: pa.RecordBatch, bits: int) -> Ints:
    return bucket_of(part["trace_high"].to_numpy(), part["trace_low"].to_numpy(), bits)


def _divided(batch: pa.RecordBatch, bucket: Ints) -> Iterator[tuple[int, bytes]]:
    """(bucket, the encoded record batch of what is in it), for each bucket that holds something."""
    ordered = batch.take(np.argsort(bucket, kind="stable"))
    begin = 0
    for number, size in enumerate(np.bincount(bucket).tolist() if len(bucket) else ()):
        if size:
            yield number, ordered.slice(begin, size).serialize().to_pybytes()
        begin += size
