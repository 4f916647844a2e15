"""Raw spans, one by one, to span batches."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from auditor.telemetry.build import Row, row_of
from auditor.telemetry.columns import Column
from auditor.telemetry.ids import span_number, trace_number
from auditor.telemetry.raw import RawSpan
from auditor.telemetry.spans import LINK, ROW, SPAN, SpanBatch

Fault = Callable[[str, str], None]  # where, what
Numbered = tuple[tuple[Any, ...], list[tuple[Any, ...]]]  # a span as in SPAN, and its links as in LINK
_BATCH = 10_000
_MOST = 1 << 18


class RowBook:
    """The rows that one reader has yielded, each once, and those that it has still to yield."""

    def __init__(self) -> None:
        self._keys: dict[Row, int] = {}
        self._new: list[tuple[Any, ...]] = []

    def key(self, row: Row) -> int:
        """The key of a row, which the next batch brings if none has brought it yet."""
        key = self._keys.get(row)
        if key is None:
            if len(self._keys) >= _MOST:
                self._keys.clear()  # to yield a row again does no harm
            key = self._keys[row] = _key(row)
            self._new.append((key, *row))
        return key

    def take(self) -> pa.RecordBatch:
        """The rows (`ROW`) that are new since the last call."""
        new, self._new = self._new, []
        return table_of(new, ROW)


def _key(row: Row) -> int:
    digest = hashlib.blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def numbered(
    spans: Iterable[RawSpan], fault: Fault, book: RowBook, first: int = 1, make: Callable[[RawSpan], Row] = row_of
) -> Iterator[Numbered]:
    """Spans in numbers, counted from `first`. A span that we fail on costs itself, is counted, and never quoted."""
    for number, raw in enumerate(spans, start=first):
        try:
            yield _numbered(raw, book.key(make(raw)))
        except Exception as error:
            fault(f"span {number}", f"an error of the auditor's own ({type(error).__name__})")


def _numbered(raw: RawSpan, key: int) -> Numbered:
    own = (*trace_number(raw.trace_id), span_number(raw.span_id))
    parent = None if raw.parent_id is None else span_number(raw.parent_id)
    links: list[tuple[Any, ...]] = [(*trace_number(trace), span_number(span), *own, key) for trace, span in raw.links]
    return (*own, parent, key, raw.start_ns, max(raw.start_ns, raw.end_ns)), links


def batches_of(spans: Iterator[Numbered], book: RowBook) -> Iterator[SpanBatch]:
    """Batches of at most 10,000 spans."""
    while chunk := list(islice(spans, _BATCH)):
        links = [link for _, links in chunk for link in links]
        yield SpanBatch(table_of([span for span, _ in chunk], SPAN), table_of(links, LINK), book.take())


def table_of(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    """A batch of rows of values, in the order of `schema`; 64-bit numbers may be unsigned, they are kept as bits."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pa.RecordBatch.from_arrays(
        [_array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _array(values: Sequence[Any], kind: pa.DataType) -> Column:
    if kind != pa.int64():
        return pa.array(values, kind)
    there = np.fromiter((value is not None for value in values), np.bool_, len(values))
    bits = np.fromiter(((value or 0) & (1 << 64) - 1 for value in values), np.uint64, len(values))
    return pa.array(bits.view(np.int64), mask=None if there.all() else ~there)
