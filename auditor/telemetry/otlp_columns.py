"""Encoded OTLP requests to span batches, without looking at spans one by one.

A row is made once for each signature (`signatures.py`): of the first span that has it, by `build.row_of`. All others
take it over, but for what is their own: ids, times, links. What cannot be read so is read request by request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa

from auditor.telemetry.build import Row, row_of
from auditor.telemetry.columns import Column, Ints, pc
from auditor.telemetry.flat import Flat, Undecoded
from auditor.telemetry.otlp_arrow import decode
from auditor.telemetry.otlp_protobuf import read_request
from auditor.telemetry.otlp_signatures import sign
from auditor.telemetry.otlp_spans import RawSpans
from auditor.telemetry.rows import Fault, batch_of, batches_of, rows_of
from auditor.telemetry.signatures import Interned
from auditor.telemetry.spans import SPAN

Request = tuple[str, bytes]  # where, encoded
_GATHERED = 8 << 20  # bytes of requests that are read at a time
_MOST_SHAPES, _MOST_KNOWN = 1 << 16, 1 << 18
_MOST_KEYS = 200  # a row with so many keys may lack some, by their order
_NO_ID = "a span without a trace id or span id"
_KEYS = SPAN.names.index("keys")


class ColumnReader:
    """Reads the requests of one file. What it learns of values lives in memory only, and is bounded."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._known = Interned()
        self._rows: dict[tuple[int, int], Row | None] = {}
        self._spans = 0

    def read(self, requests: Iterable[Request]) -> Iterator[pa.RecordBatch]:
        """The spans of requests, in their order."""
        for gathered in _gather(requests):
            yield from self._read(gathered)

    def _read(self, requests: Sequence[Request]) -> Iterator[pa.RecordBatch]:
        try:
            batch = self._batch(requests)
        except Undecoded:
            if len(requests) > 1:  # one that is damaged costs itself, not its neighbours
                for request in requests:
                    yield from self._read([request])
                return
            spans = chain.from_iterable(read_request(data, partial(self._fault, at)) for at, data in requests)
            for one in batches_of(rows_of(spans, self._fault, self._spans + 1)):
                self._spans += one.num_rows
                yield one
        else:
            if batch is not None:
                yield batch

    def _batch(self, requests: Sequence[Request]) -> pa.RecordBatch | None:
        return self.read_flat(decode([data for _, data in requests]), [where for where, _ in requests])

    def read_flat(self, flat: Flat, records: Sequence[str]) -> pa.RecordBatch | None:
        """Spans that are columns already; None when there are none. `records` are the places of its records."""
        if len(self._known) > _MOST_KNOWN or len(self._rows) > _MOST_SHAPES:
            self._known, self._rows = Interned(), {}
        signatures, first, which = sign(flat, self._known).distinct()
        good = pc.and_(flat.trace_id.is_valid(), flat.span_id.is_valid()).to_numpy(zero_copy_only=False)
        raws = RawSpans(flat)
        rows, place = self._rows_of(raws, signatures, first, which, good)
        for record in flat.record[~good].tolist():
            self._fault(records[record], _NO_ID)
        self._spans += int(good.sum())
        there = np.flatnonzero(good & (place >= 0))
        return _batch(flat, rows, place[there], there, raws) if len(there) else None

    def _rows_of(
        self, raws: RawSpans, signatures: Sequence[tuple[int, int]], first: Ints, which: Ints, good: np.ndarray
    ) -> tuple[list[Row], Ints]:
        """(rows, for each span the place of its row; -1 where we failed on it)."""
        rows: list[Row] = []
        places = np.full(len(signatures), -1, np.int64)
        alone: list[int] = []
        for index, (signature, span) in enumerate(zip(signatures, first.tolist(), strict=True)):
            if signature not in self._rows:
                self._rows[signature] = _shared_row(raws, span)
            row = self._rows[signature]
            if row is None:
                alone.append(index)
            else:
                places[index] = len(rows)
                rows.append(row)
        place = places[which]
        if alone:
            before = np.cumsum(good)
            for span in np.flatnonzero(np.isin(which, alone) & good).tolist():
                found = list(rows_of([raws[span]], self._fault, self._spans + int(before[span])))
                place[span] = len(rows) if found else -1
                rows += found
        return rows, place


def _gather(requests: Iterable[Request]) -> Iterator[list[Request]]:
    gathered: list[Request] = []
    size = 0
    for request in requests:
        gathered.append(request)
        size += len(request[1])
        if size >= _GATHERED:
            yield gathered
            gathered, size = [], 0
    if gathered:
        yield gathered


def _shared_row(raws: RawSpans, span: int) -> Row | None:
    """The row of a span, for all that are like it; None where each needs its own."""
    try:
        row = row_of(raws[span])
    except Undecoded:
        raise
    except Exception:  # told when each span is read
        return None
    return None if len(row[_KEYS] or ()) >= _MOST_KEYS else row


def _batch(flat: Flat, rows: list[Row], place: Ints, there: Ints, raws: RawSpans) -> pa.RecordBatch:
    """The rows of the spans `there`: `place` says which row is taken over by each."""
    shared: Column = batch_of(rows)
    order, spans = pa.array(place), pa.array(there)
    start = flat.start_ns.take(spans)
    own = {
        "trace_id": flat.trace_id.take(spans),
        "span_id": flat.span_id.take(spans),
        "parent_id": flat.parent_id.take(spans),
        "start_ns": start,
        "end_ns": pc.max_element_wise(start, flat.end_ns.take(spans)),
    }
    if raws.any_links:
        own["links"] = pa.array((raws.links(span) for span in there.tolist()), SPAN.field("links").type)
    columns = [
        own[name] if name in own else column.take(order)
        for name, column in zip(SPAN.names, shared.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SPAN)
