"""Parquet files of the Collector's table of spans (`otel_table`), read a few thousand rows at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.telemetry.compression import Plain
from auditor.telemetry.otel_table import NEEDED, TableReader, is_otel_table, used_columns
from auditor.telemetry.otlp_columns import Learned
from auditor.telemetry.rows import Fault
from auditor.telemetry.spans import SpanBatch

PARQUET = b"PAR1"
_BATCH = 20_000  # rows
_IDS = ("TraceId", "SpanId", "ParentSpanId")
_MOST_METADATA = 64 << 20  # bytes of a text in a file's metadata, and entries of a list
# What pyarrow says of bytes that are no Parquet; names in the metadata that are no UTF-8 are one of the ValueErrors.
_DAMAGED = (pa.ArrowException, OSError, ValueError, KeyError)


class NoSpanTable(ValueError):
    """A Parquet file that holds no spans, or cannot be read. Its text never quotes the file."""


def read_parquet(stream: io.BufferedReader, fault: Fault, learned: Learned) -> Iterator[SpanBatch]:
    """The spans of a stream over a `Plain` that lies on a file. A row group that is damaged costs itself and is told.

    Raises NoSpanTable.
    """
    plain = stream.raw
    stored = plain.stored() if isinstance(plain, Plain) else None
    if stored is None:
        raise NoSpanTable("is Parquet that cannot be read as a stream: name the file, not compressed around it")
    place = stored.tell()
    try:
        file = _opened(stored)
        names = file.schema_arrow.names
        if not is_otel_table(names):
            raise NoSpanTable(f"is Parquet without the columns {', '.join(NEEDED)} of the Collector's table of spans")
        reader = TableReader(fault, learned)
        for group in range(file.num_row_groups):
            where = f"row group {group + 1}"
            for rows in _rows(file, group, used_columns(names), where, fault):
                batch = reader.read(rows, where)
                if batch is not None:
                    yield batch
    finally:
        stored.seek(place)


def _opened(stored: BinaryIO) -> pq.ParquetFile:
    """The file, its texts read as dictionaries where it has them so. Raises NoSpanTable."""
    limits: dict[str, Any] = {"thrift_string_size_limit": _MOST_METADATA, "thrift_container_size_limit": _MOST_METADATA}
    try:
        metadata = pq.ParquetFile(stored, **limits).metadata
        columns = [metadata.schema.column(place) for place in range(len(metadata.schema))]
        texts = [each.path for each in columns if each.physical_type == "BYTE_ARRAY" and each.path not in _IDS]
        return pq.ParquetFile(stored, metadata=metadata, read_dictionary=texts, pre_buffer=False, **limits)
    except _DAMAGED:
        raise NoSpanTable("is a Parquet file that is damaged or cut off") from None


def _rows(file: pq.ParquetFile, group: int, columns: list[str], where: str, fault: Fault) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(_BATCH, [group], columns, use_threads=False)
    except _DAMAGED:
        fault(where, "is damaged")
