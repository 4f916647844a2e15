"""Encoded requests to span batches, without looking at spans one by one.

A row is made once for each signature (`signatures.py`): of the first span that has it, by `build.row_of`. All others
take over its key. What cannot be read so is read request by request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa

from auditor.telemetry.build import KEYS, Row, row_of
from auditor.telemetry.columns import Flags, Ints
from auditor.telemetry.flat import Flat, Undecoded
from auditor.telemetry.ids import span_number, trace_number
from auditor.telemetry.otlp_arrow import decode
from auditor.telemetry.otlp_protobuf import read_request
from auditor.telemetry.otlp_signatures import sign
from auditor.telemetry.otlp_spans import RawSpans
from auditor.telemetry.raw import RawSpan
from auditor.telemetry.rows import Fault, RowBook, batches_of, numbered, table_of
from auditor.telemetry.sharing import SharedRows
from auditor.telemetry.signatures import Interned
from auditor.telemetry.spans import LINK, SPAN, SpanBatch

Request = tuple[str, bytes]  # where, encoded
Decode = Callable[[Sequence[bytes]], Flat]
ReadOne = Callable[[bytes, Callable[[str], None]], Iterator[RawSpan]]
_GATHERED = 8 << 20  # bytes of requests that are read at a time
_MOST_SHAPES, _MOST_KNOWN = 1 << 16, 1 << 18
_MOST_KEYS = 200  # a row with so many keys may lack some, by their order
_NO_ID = "a span without a trace id or span id"


class Learned:
    """What was learned of spans, of this file or of others before: lives in memory only, and is bounded.

    `keys` are those of rows by signature, None where each span needs its own; `book` are the rows that were yielded.
    """

    def __init__(self) -> None:
        self.book = RowBook()
        self.shared = SharedRows()
        self.known = Interned()
        self.keys: dict[tuple[int, int], int | None] = {}

    def forget(self) -> None:
        """Make room when there is little."""
        if len(self.known) > _MOST_KNOWN or len(self.keys) > _MOST_SHAPES:
            self.known, self.keys = Interned(), {}


class ColumnReader:
    """Reads the requests of one file: by `decode` in columns, by `one` what that refuses."""

    def __init__(
        self, fault: Fault, decode: Decode = decode, one: ReadOne = read_request, learned: Learned | None = None
    ) -> None:
        self._fault = fault
        self._learned = learned or Learned()
        self._book = self._learned.book
        self._decode, self._one = decode, one
        self._spans = 0

    def read(self, requests: Iterable[Request]) -> Iterator[SpanBatch]:
        """The spans of requests, in their order but for what is read singly."""
        for some in gathered(requests):
            yield from self._read(some)

    def _read(self, requests: Sequence[Request]) -> Iterator[SpanBatch]:
        try:
            batch = self.read_flat(self._decode([data for _, data in requests]), [where for where, _ in requests])
        except Undecoded as refused:
            odd = range(len(requests)) if refused.records is None else refused.records
            own = (requests[place] for place in sorted(odd))
            yield from self.singly(chain.from_iterable(self._one(data, partial(self._fault, at)) for at, data in own))
            if rest := [request for place, request in enumerate(requests) if place not in odd]:
                yield from self._read(rest)
        else:
            if batch is not None:
                yield batch

    def singly(self, raws: Iterable[RawSpan]) -> Iterator[SpanBatch]:
        """The batches of raw spans."""
        found = numbered(raws, self._fault, self._book, self._spans + 1, self._learned.shared.row_of)
        for batch in batches_of(found, self._book):
            self._spans += batch.num_rows
            yield batch

    def read_flat(self, flat: Flat, records: Sequence[str]) -> SpanBatch | None:
        """Spans that are columns already; None when there are none. `records` are the places of its records."""
        self._learned.forget()
        signatures, first, which = sign(flat, self._learned.known).distinct()
        good = flat.trace.there & flat.own.there
        keys, made = self._keys_of(RawSpans(flat), signatures, first, which, good)
        for record in flat.record[~good].tolist():
            self._fault(records[record], _NO_ID)
        self._spans += int(good.sum())
        there = good & made
        if not there.any():
            return None
        parent = pa.array(flat.parent.words[:, 0], mask=~flat.parent.there)
        times = flat.start_ns, np.maximum(flat.start_ns, flat.end_ns)
        columns = [*map(pa.array, (*flat.trace.words.T, flat.own.words[:, 0])), parent, *map(pa.array, (keys, *times))]
        spans = pa.RecordBatch.from_arrays(columns, schema=SPAN)
        links = table_of(list(_links(flat, keys, there)), LINK)
        return SpanBatch(spans if there.all() else spans.filter(pa.array(there)), links, self._book.take())

    def _keys_of(
        self, raws: RawSpans, signatures: Sequence[tuple[int, int]], first: Ints, which: Ints, good: Flags
    ) -> tuple[Ints, Flags]:
        """(the key of each span's row, whether one could be made)."""
        known = self._learned.keys
        shared = np.zeros(len(signatures), np.int64)
        alone: list[int] = []
        for index, (signature, span) in enumerate(zip(signatures, first.tolist(), strict=True)):
            if signature not in known:
                row = _shared_row(raws, span)
                known[signature] = None if row is None else self._book.key(row)
            key = known[signature]
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


def gathered(requests: Iterable[Request]) -> Iterator[list[Request]]:
    """Requests in lists of a size that is worth a batch."""
    some: list[Request] = []
    size = 0
    for request in requests:
        some.append(request)
        size += len(request[1])
        if size >= _GATHERED:
            yield some
            some, size = [], 0
    if some:
        yield some


def _shared_row(raws: RawSpans, span: int) -> Row | None:
    """The row of a span, for all that are like it; None where each needs its own."""
    try:
        row = row_of(raws[span])
    except Undecoded:
        raise
    except Exception:  # told when each span is read
        return None
    return None if len(row[KEYS] or ()) >= _MOST_KEYS else row


def _links(flat: Flat, keys: Ints, there: Flags) -> Iterator[tuple[int, ...]]:
    """The links of the spans that are `there`, as in `LINK`."""
    for span, linked in flat.links.items():
        if there[span]:
            from_ = (*flat.trace.words[span].tolist(), *flat.own.words[span].tolist(), int(keys[span]))
            for trace, own in linked:
                yield (*trace_number(trace), span_number(own), *from_)
