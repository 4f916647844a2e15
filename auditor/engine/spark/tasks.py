"""What runs inside Spark's tasks: plain functions from Arrow batches to Arrow batches, which know nothing of Spark.

What an error says may quote input, and Spark writes it to logs: so none leaves a task as it is.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import groupby
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa

from auditor.engine.kernel import Limits, count_traces
from auditor.engine.spark.decoding import Content, Decoder, Input
from auditor.engine.spark.records import LINKS, MODEL, ROWS, SPANS, Record, batches_of, records_of
from auditor.errors import places_of
from auditor.index.models import pack, unpack
from auditor.telemetry.read import Columns
from auditor.telemetry.shelf import Shelf
from auditor.telemetry.spans import LINK, ROW, SPAN
from lineage.merge import total
from lineage.system import SystemModel

Batches = Iterator[pa.RecordBatch]
Given = TypeVar("Given")
_DUCKDB_MEMORY = 400 << 20  # bytes in each task; what needs more goes through the executor's disk
_MOST_BYTES = 20 << 20  # of records counted at a time: some 350,000 spans
_decoder = Decoder()  # of this process, which runs many tasks


class TaskFailed(Exception):
    """A task failed: the kind of error and where it was, nothing that it says. Spark may try again."""


class Shared(Protocol):
    """A value that Spark has brought to all executors."""

    @property
    def value(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """The columns of CSV files, and how many bits number the buckets of spans."""

    columns: Columns | None
    bits: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What tasks read, by their numbers."""

    tasks: Sequence[Sequence[Input]]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Fetching:
    """Files that Spark reads: for each path its place among all inputs, and whether the user named it."""

    files: Mapping[str, tuple[int, bool]]
    settings: Settings


def _guarded(function: Callable[[Given, Batches], Iterator[Record]]) -> Callable[[Given, Batches], Batches]:
    @wraps(function)
    def run(given: Given, batches: Batches) -> Batches:
        try:
            yield from batches_of(function(given, batches))
        except Exception as error:
            raise TaskFailed(f"{type(error).__name__} at {places_of(error)}") from None

    return run


@_guarded
def read(reading: Reading, batches: Batches) -> Iterator[Record]:
    """The numbers of tasks to the records of what they read."""
    for batch in batches:
        for number in batch.column(0).to_numpy().tolist():
            yield from _decoder.read(number, reading.tasks[number], reading.settings.columns, reading.settings.bits)


@_guarded
def fetch(fetching: Fetching, batches: Batches) -> Iterator[Record]:
    """Paths and contents of files to the records of what is in them."""
    settings = fetching.settings
    for batch in batches:
        for path, content in zip(batch.column("path"), batch.column("content"), strict=True):
            source, is_named = fetching.files[str(path)]
            found = Input(source, 0, Content(str(path), is_named, content.as_buffer()))
            yield from _decoder.read(-1, [found], settings.columns, settings.bits)


@_guarded
def unite(_: None, batches: Batches) -> Iterator[Record]:
    """Each row once, in one record; notes as they are."""
    shelf = Shelf()
    for record in records_of(batches):
        if record.kind == ROWS:
            shelf.put(pa.ipc.read_record_batch(pa.py_buffer(record.data), ROW))
        else:
            yield record
    if len(shelf):
        [rows] = shelf.table.combine_chunks().to_batches()
        yield Record(-1, ROWS, 0, rows.serialize().to_pybytes())


@_guarded
def count(rows: Shared, batches: Batches) -> Iterator[Record]:
    """Spans and links, bucket after bucket, to one model of all. `rows` is an Arrow stream."""
    known = pa.ipc.open_stream(rows.value).read_all()
    with tempfile.TemporaryDirectory(prefix="auditor-", dir=_scratch()) as folder:
        limits = Limits(Path(folder), 1, _DUCKDB_MEMORY)
        model = SystemModel()
        for lot in _lots(records_of(batches)):
            spans, links = _table(lot, SPANS, SPAN), _table(lot, LINKS, LINK)
            model = total([model, count_traces(spans, links, known, limits)])
    yield from _packed(model)


@_guarded
def add(_: None, batches: Batches) -> Iterator[Record]:
    """Models to their sum."""
    yield from _packed(total(unpack(record.data) for record in records_of(batches)))


def _lots(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Whole buckets, taken together while they are small: each count of the kernel costs something of its own."""
    lot: list[Record] = []
    for _, bucket in groupby(records, key=lambda record: record.bucket):
        lot += bucket
        if sum(len(record.data) for record in lot) >= _MOST_BYTES:
            yield lot
            lot = []
    if lot:
        yield lot


def _table(records: Sequence[Record], kind: str, schema: pa.Schema) -> pa.Table:
    data = (pa.py_buffer(record.data) for record in records if record.kind == kind)
    return pa.Table.from_batches([pa.ipc.read_record_batch(one, schema) for one in data], schema)


def _packed(model: SystemModel) -> Iterator[Record]:
    if model.spans:
        yield Record(-1, MODEL, 0, pack(model))


def _scratch() -> str | None:
    """A folder of Spark's own for what does not fit into memory; None where it names none: the system's."""
    return os.environ.get("SPARK_LOCAL_DIRS", "").partition(",")[0] or None
