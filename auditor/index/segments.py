"""Redacted spans as immutable Parquet files: the only module that knows how batches of spans lie on disk.

A file is written under another name, synced, renamed, and its folder synced: under its own name it is always whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.errors import AuditorError
from auditor.telemetry.spans import SPAN

SUFFIX, UNFINISHED = ".parquet", ".unfinished"
_ROWS = 250_000  # of a row group


class Damaged(Exception):
    """A segment that cannot be read any further."""


def chunks(batches: Iterable[pa.RecordBatch], spans: int = _ROWS) -> Iterator[pa.Table]:
    """The batches, gathered into tables of at least so many spans; the last may have fewer. None is empty."""
    gathered: list[pa.RecordBatch] = []
    for batch in batches:
        if batch.num_rows:
            gathered.append(batch)
        if sum(one.num_rows for one in gathered) >= spans:
            yield pa.Table.from_batches(gathered, SPAN)
            gathered = []
    if gathered:
        yield pa.Table.from_batches(gathered, SPAN)


def write_segment(file: Path, tables: Iterable[pa.Table]) -> int:
    """Write spans so that they survive a crash once `sync_folder` was called too; the size in bytes.

    Raises AuditorError when the disk refuses; nothing is left then.
    """
    unfinished = file.with_suffix(UNFINISHED)
    try:
        with unfinished.open("xb") as stream:
            with pq.ParquetWriter(stream, SPAN, compression="zstd", write_page_checksum=True) as writer:
                for table in tables:
                    writer.write_table(table, row_group_size=_ROWS)
            stream.flush()
            os.fsync(stream.fileno())
            size = stream.tell()
        unfinished.rename(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise AuditorError(f"{file}: cannot be written ({error.strerror}); nothing of it was kept") from None
    return size


def read_segment(file: Path) -> Iterator[pa.RecordBatch]:
    """The spans of a segment; columns that an older auditor did not write are null.

    Raises FileNotFoundError, and Damaged where it cannot be read any further.
    """
    try:
        with pq.ParquetFile(file, page_checksum_verification=True) as segment:
            for batch in segment.iter_batches():
                yield _conform(batch)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError, KeyError):  # pyarrow's own errors are among these
        raise Damaged from None


def _conform(batch: pa.RecordBatch) -> pa.RecordBatch:
    if batch.schema.equals(SPAN):
        return batch
    columns = [
        batch.column(field.name).cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in SPAN
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SPAN)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, that only its owner may enter; they are there after a crash."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
