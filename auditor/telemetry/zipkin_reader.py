"""The documents of one Zipkin file to span batches: gathered, put together at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from auditor.telemetry.flat import Undecoded
from auditor.telemetry.json_spans import JsonSpans
from auditor.telemetry.otlp_columns import ColumnReader, Learned, Request, gathered
from auditor.telemetry.rows import Fault
from auditor.telemetry.spans import SpanBatch
from auditor.telemetry.zipkin import raw_of
from auditor.telemetry.zipkin_arrow import Batch, Piece, decode, placed
from auditor.telemetry.zipkin_halves import Settled, settled


class ZipkinReader:
    """Reads what seems to be Zipkin in columns where that goes; `spans` has the pieces of all that goes not."""

    def __init__(self, fault: Fault, spans: JsonSpans, learned: Learned) -> None:
        self._fault, self._spans = fault, spans
        self._reader = ColumnReader(fault, learned=learned)
        self._batches: list[Batch] = []

    def read(self, requests: Iterable[Request]) -> Iterator[SpanBatch]:
        """Gather the spans of documents; yields those of documents that turn out to be of another format."""
        for some in gathered(requests):
            yield from self._read(some)

    def _read(self, requests: Sequence[Request]) -> Iterator[SpanBatch]:
        """The order in which pieces come is kept, since the first to say something counts."""
        try:
            batch = decode([data for _, data in requests])
        except Undecoded:
            middle = len(requests) // 2
            if middle:
                yield from self._read(requests[:middle])
                yield from self._read(requests[middle:])
            else:
                (where, data) = requests[0]
                yield from self._reader.singly(self._spans.read(data, partial(self._fault, where)))
        else:
            self._spans.format = "zipkin-json"
            self._spans.pieces += batch.halves
            self._batches.append(batch)

    def rest(self) -> Iterator[SpanBatch]:
        """The spans of all documents, put together."""
        pieces, self._spans.pieces = self._spans.pieces, []
        found = list(settled(pieces))
        yield from self._reader.singly(raw_of(each) for each in found if not _is_plain(each))
        for flat in placed(filter(_is_plain, found), self._batches):
            if (batch := self._reader.read_flat(flat, ())) is not None:
                yield batch


def _is_plain(each: Settled) -> bool:
    return len(each.half.pieces) == 1 and isinstance(each.half.pieces[0], Piece)
