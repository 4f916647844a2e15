"""Encoded OTLP requests to span batches, without looking at spans one by one.

A row is made once for each signature (`signatures.py`): of the first span that has it, by `build.row_of`. All others
take over its key. What cannot be read so is read request by request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa

from auditor.telemetry.build import KEYS, Row, row_of
from auditor.telemetry.columns import Column, Flags, Ints, pc
from auditor.telemetry.ids import span_number, trace_number
from auditor.telemetry.otlp_arrow import decode
from auditor.telemetry.otlp_ids import Ids, ids_of
from auditor.telemetry.otlp_nested import Undecoded
from auditor.telemetry.otlp_protobuf import read_request
from auditor.telemetry.otlp_signatures import sign
from auditor.telemetry.otlp_spans import RawSpans
from auditor.telemetry.rows import Fault, RowBook, batches_of, numbered, table_of
from auditor.telemetry.signatures import Interned
from auditor.telemetry.spans import LINK, SPAN, SpanBatch
from auditor.telemetry.values import MAX_TIME, span_id, trace_id

Request = tuple[str, bytes]  # where, encoded
_GATHERED = 8 << 20  # bytes of requests that are read at a time
_MOST_SHAPES, _MOST_KNOWN = 1 << 16, 1 << 18
_MOST_KEYS = 200  # a row with so many keys may lack some, by their order
_NO_ID = "a span without a trace id or span id"


class ColumnReader:
    """Reads the requests of one file. What it learns of values lives in memory only, and is bounded."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._known = Interned()
        self._keys: dict[tuple[int, int], int | None] = {}  # of the rows, by signature; None where each needs its own
        self._book = RowBook()
        self._spans = 0

    def read(self, requests: Iterable[Request]) -> Iterator[SpanBatch]:
        """The spans of requests, in their order."""
        for gathered in _gather(requests):
            try:
                batch = self._batch(gathered)
            except Undecoded:
                raws = chain.from_iterable(read_request(data, partial(self._fault, at)) for at, data in gathered)
                for one in batches_of(numbered(raws, self._fault, self._book, self._spans + 1), self._book):
                    self._spans += one.num_rows
                    yield one
            else:
                if batch is not None:
                    yield batch

    def _batch(self, requests: Sequence[Request]) -> SpanBatch | None:
        flat = decode([data for _, data in requests])
        if len(self._known) > _MOST_KNOWN or len(self._keys) > _MOST_SHAPES:
            self._known, self._keys = Interned(), {}
        trace = ids_of(pc.struct_field(flat.spans, "trace_id"), 16, trace_id)
        own = ids_of(pc.struct_field(flat.spans, "span_id"), 8, span_id)
        above = ids_of(pc.struct_field(flat.spans, "parent_span_id"), 8, span_id)
        parent = pa.array(above.words[:, 0], mask=~above.there)
        signatures, first, which = sign(flat, parent, self._known).distinct()
        good = trace.there & own.there
        raws = RawSpans(flat)
        keys, made = self._keys_of(raws, signatures, first, which, good)
        for request in flat.request[~good].tolist():
            self._fault(requests[request][0], _NO_ID)
        self._spans += int(good.sum())
        there = good & made
        if not there.any():
            return None
        start = _time(flat.spans, "start_time_unix_nano")
        end = pc.max_element_wise(start, _time(flat.spans, "end_time_unix_nano"))
        columns = [*map(pa.array, (*trace.words.T, own.words[:, 0])), parent, pa.array(keys), start, end]
        spans = pa.RecordBatch.from_arrays(columns, schema=SPAN)
        links = table_of(list(_links(raws, trace, own, keys, there)), LINK)
        return SpanBatch(spans if there.all() else spans.filter(pa.array(there)), links, self._book.take())

    def _keys_of(
        self, raws: RawSpans, signatures: Sequence[tuple[int, int]], first: Ints, which: Ints, good: Flags
    ) -> tuple[Ints, Flags]:
        """(the key of each span's row, whether one could be made)."""
        shared = np.zeros(len(signatures), np.int64)
        alone: list[int] = []
        for index, (signature, span) in enumerate(zip(signatures, first.tolist(), strict=True)):
            if signature not in self._keys:
                row = _shared_row(raws, span)
                self._keys[signature] = None if row is None else self._book.key(row)
            key = self._keys[signature]
            if key is None:
                alone.append(index)
            else:
                shared[index] = key
        keys, made = shared[which], np.ones(len(which), np.bool_)
        if alone:
            before = np.cumsum(good)
            for span in np.flatnonzero(np.isin(which, alone) & good).tolist():
                row = self._own_row(raws, span, self._spans + int(before[span]))
                made[span] = row is not None
                keys[span] = 0 if row is None else self._book.key(row)
        return keys, made

    def _own_row(self, raws: RawSpans, span: int, number: int) -> Row | None:
        """The row of a span that shares none; None, and the fault told, where we fail on it."""
        try:
            return row_of(raws[span])
        except Exception as error:
            self._fault(f"span {number}", f"an error of the auditor's own ({type(error).__name__})")
            return None


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
    return None if len(row[KEYS] or ()) >= _MOST_KEYS else row


def _links(raws: RawSpans, trace: Ids, own: Ids, keys: Ints, there: Flags) -> Iterator[tuple[int, ...]]:
    """The links of the spans that are `there`, as in `LINK`."""
    for span in raws.linked.tolist():
        if there[span]:
            from_ = (*trace.words[span].tolist(), *own.words[span].tolist(), int(keys[span]))
            for linked_trace, linked in raws.links(span):
                yield (*trace_number(linked_trace), span_number(linked), *from_)


def _time(spans: Column, name: str) -> Column:
    column = pc.struct_field(spans, name)
    return pc.min_element_wise(column, pa.scalar(MAX_TIME, pa.uint64())).cast(pa.int64())
