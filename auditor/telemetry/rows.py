"""Rows of `SPAN` to record batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa

from auditor.telemetry.build import Row, row_of
from auditor.telemetry.raw import RawSpan
from auditor.telemetry.spans import SPAN

Fault = Callable[[str, str], None]  # where, what
_BATCH = 10_000


def rows_of(
    spans: Iterable[RawSpan], fault: Fault, first: int = 1, make: Callable[[RawSpan], Row] = row_of
) -> Iterator[Row]:
    """The rows of spans, numbered from `first`. A span that we fail on costs itself, is counted, and never quoted."""
    for number, raw in enumerate(spans, start=first):
        try:
            yield make(raw)
        except Exception as error:
            fault(f"span {number}", f"an error of the auditor's own ({type(error).__name__})")


def batch_of(rows: Sequence[Row]) -> pa.RecordBatch:
    """One batch of at least one row."""
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, SPAN, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SPAN)


def batches_of(rows: Iterator[Row]) -> Iterator[pa.RecordBatch]:
    """Batches of at most 10,000 rows."""
    while chunk := list(islice(rows, _BATCH)):
        yield batch_of(chunk)
