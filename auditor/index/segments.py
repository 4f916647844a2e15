"""Redacted spans as immutable Parquet files: the only module that knows how batches of spans lie on disk.

A batch's spans, links and rows go to files of their own. A file is written under another name, synced, renamed, and its
folder synced: under its own name it is always whole.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedRandom, BufferedReader
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.errors import AuditorError
from auditor.telemetry.spans import LINK, ROW, SPAN, SpanBatch

Kind = Literal["spans", "links", "rows"]
SCHEMAS: dict[Kind, pa.Schema] = {"spans": SPAN, "links": LINK, "rows": ROW}
SUFFIX, UNFINISHED = ".parquet", ".unfinished"
_SPANS = 500_000  # of a chunk, and of a row group


class Damaged(Exception):
    """A segment that is not what was written, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Spans, their links, and all rows that either may name, each once and sorted by key."""

    spans: pa.Table
    links: pa.Table
    rows: pa.Table


def chunks(batches: Iterable[SpanBatch]) -> Iterator[Chunk]:
    """The batches of one reader, gathered into chunks of at least so many spans; the last may have fewer."""
    gathered: list[SpanBatch] = []
    rows, count = ROW.empty_table(), 0
    for batch in batches:
        gathered.append(batch)
        count += batch.num_rows
        if count >= _SPANS:
            chunk = _chunk(gathered, rows)
            yield chunk
            gathered, rows, count = [], chunk.rows, 0
    if count:
        yield _chunk(gathered, rows)


def _chunk(batches: list[SpanBatch], rows: pa.Table) -> Chunk:
    return Chunk(
        pa.Table.from_batches([batch.spans for batch in batches], SPAN),
        pa.Table.from_batches([batch.links for batch in batches], LINK),
        distinct([rows, *(pa.Table.from_batches([batch.rows]) for batch in batches)]),
    )


def distinct(rows: Iterable[pa.Table]) -> pa.Table:
    """Rows, each once and sorted by key."""
    every = pa.concat_tables(rows)
    _, first = np.unique(every["row"].to_numpy(), return_index=True)
    return every.take(first)


def batch_of(kind: Kind, part: pa.RecordBatch) -> SpanBatch:
    """What was read of one kind, as a batch without the others."""
    parts = {name: pa.RecordBatch.from_pylist([], schema) for name, schema in SCHEMAS.items()}
    return SpanBatch(**parts | {kind: part})


def write_segment(file: Path, kind: Kind, tables: Iterable[pa.Table]) -> tuple[int, str]:
    """Write tables of a kind so that they survive a crash once `sync_folder` was called too; size and SHA-256.

    Raises AuditorError when the disk refuses; nothing is left then.
    """
    unfinished = file.with_suffix(UNFINISHED)
    try:
        make_folder(file.parent)
        with unfinished.open("x+b") as stream:
            with pq.ParquetWriter(stream, SCHEMAS[kind], compression="zstd") as writer:
                for table in tables:
                    writer.write_table(table, row_group_size=_SPANS)
            stream.flush()
            os.fsync(stream.fileno())
            size = stream.tell()
            digest = _digest(stream)
        unfinished.rename(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise AuditorError(f"{file}: cannot be written ({error.strerror}); nothing of it was kept") from None
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return size, digest


def _digest(stream: BufferedRandom | BufferedReader) -> str:
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()


def read_segment(file: Path, kind: Kind, digest: str) -> Iterator[pa.RecordBatch]:
    """What a segment holds; columns that an older auditor did not write are null.

    Raises FileNotFoundError, and Damaged where it is not what was written or cannot be read.
    """
    try:
        with file.open("rb") as stream:
            if _digest(stream) != digest:
                raise Damaged
            stream.seek(0)
            with pq.ParquetFile(stream) as segment:
                for batch in segment.iter_batches():
                    yield _conform(batch, SCHEMAS[kind])
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError, KeyError):  # pyarrow's own errors are among these
        raise Damaged from None


def _conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    if batch.schema.equals(schema):
        return batch
    columns = [
        batch.column(field.name).cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, that only its owner may enter; they are there after a crash."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder survive a crash. Raises AuditorError when the disk refuses."""
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise AuditorError(f"{folder}: cannot be synced ({error.strerror}); nothing of it was kept") from None
