"""The formats in one place: a plain stream of bytes to raw spans, whatever they are written in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from auditor.telemetry.csv_layout import layout_of
from auditor.telemetry.detect import HEAD, detect
from auditor.telemetry.documents import NotJson, read_texts
from auditor.telemetry.flat import Flat
from auditor.telemetry.framing import Framing, read_requests
from auditor.telemetry.json_forms import DECODERS, ZIPKIN, form_of
from auditor.telemetry.json_spans import JsonSpans
from auditor.telemetry.otlp_columns import ColumnReader, Learned
from auditor.telemetry.otlp_protobuf import read_request
from auditor.telemetry.parquet import PARQUET, NoSpanTable, read_parquet
from auditor.telemetry.raw import RawSpan
from auditor.telemetry.rows import batches_of, numbered
from auditor.telemetry.span_csv import read_span_csv
from auditor.telemetry.spans import SpanBatch
from auditor.telemetry.zipkin_reader import ZipkinReader

Fault = Callable[[str, str], None]  # where, what
KNOWN = (
    "OTLP (JSON or protobuf), Jaeger JSON, Zipkin v2 JSON and CSV of spans are read, plain or as gzip or zstd, and "
    "Parquet of the OpenTelemetry Collector's table of spans; "
    "columns of a CSV with other headers are named by --columns"
)


class Unrecognised(Exception):
    """A stream without traces. `is_telemetry`: it is OTLP of another signal. Its text never quotes the input."""

    def __init__(self, reason: str, is_telemetry: bool = False) -> None:
        super().__init__(reason)
        self.is_telemetry = is_telemetry


class Reading:
    """Iterates over the raw spans of one stream; `format` is known once the first document was read.

    `columns` names the columns of a CSV whose header does not tell (see `csv_layout.layout_of`). What was `learned` of
    other streams saves work, and the rows that they yielded are not yielded again.
    """

    def __init__(
        self,
        stream: io.BufferedReader,
        fault: Fault,
        columns: Mapping[str, str] | None = None,
        learned: Learned | None = None,
    ) -> None:
        self._stream, self._fault, self._columns = stream, fault, columns
        self._learned = learned or Learned()
        self.format: str | None = None

    def batches(self) -> Iterator[SpanBatch]:
        """The spans in batches, read in columns where the format allows. Raises as iterating does."""
        head = self._stream.peek(HEAD)
        if head.startswith(PARQUET):
            self.format = "otel-parquet"
            yield from self._parquet()
            return
        detected = detect(head) if layout_of(head, self._columns) is None else None
        if detected is None or detected.signal != "traces":
            yield from self._singly(self)
        elif detected.framing is None:
            yield from self._json_batches()
        else:
            self.format = "otlp-protobuf"
            requests = read_requests(self._stream, detected.framing, self._fault)
            yield from ColumnReader(self._fault, learned=self._learned).read(requests)

    def _parquet(self) -> Iterator[SpanBatch]:
        try:
            yield from read_parquet(self._stream, self._fault, self._learned)
        except NoSpanTable as problem:
            raise Unrecognised(str(problem)) from None

    def __iter__(self) -> Iterator[RawSpan]:
        """The raw spans. Raises Unrecognised when there are no traces, at the latest at the stream's end."""
        head = self._stream.peek(HEAD)
        layout = layout_of(head, self._columns)
        if layout is not None:
            self.format = "span-csv"
            yield from read_span_csv(self._stream, layout, self._fault)
            return
        detected = detect(head)
        if detected is None:
            named = ", nor has it the columns that are named for CSV files" if self._columns else ""
            raise Unrecognised("is empty" if not head else f"is of no known format{named}: {KNOWN}")
        if detected.signal != "traces":
            raise Unrecognised(f"OTLP {detected.signal}, no traces", is_telemetry=True)
        yield from self._json() if detected.framing is None else self._protobuf(detected.framing)

    def _protobuf(self, framing: Framing) -> Iterator[RawSpan]:
        self.format = "otlp-protobuf"
        for where, request in read_requests(self._stream, framing, self._fault):
            yield from read_request(request, partial(self._fault, where))

    def _json(self) -> Iterator[RawSpan]:
        spans = JsonSpans()
        for where, text in self._texts(spans):
            yield from spans.read(text, partial(self._fault, where))
        yield from spans.rest()
        self._end(spans)

    def _json_batches(self) -> Iterator[SpanBatch]:
        spans = JsonSpans()
        zipkin = ZipkinReader(self._fault, spans, self._learned)
        readers: dict[str, ColumnReader | ZipkinReader] = {ZIPKIN: zipkin}
        for form in DECODERS:
            readers[form] = ColumnReader(self._fault, _decoder(form, spans), spans.read, self._learned)
        for form, texts in groupby(self._texts(spans), lambda text: form_of(text[1])):
            yield from readers[form].read(texts)
        yield from zipkin.rest()
        self._end(spans)

    def _singly(self, raws: Iterable[RawSpan]) -> Iterator[SpanBatch]:
        book = self._learned.book
        yield from batches_of(numbered(raws, self._fault, book, make=self._learned.shared.row_of), book)

    def _texts(self, spans: JsonSpans) -> Iterator[tuple[str, bytes]]:
        try:
            for where, text in read_texts(self._stream, self._fault):
                yield where, text
                if spans.is_hopeless:
                    break
        except NotJson as problem:
            raise Unrecognised(str(problem)) from None

    def _end(self, spans: JsonSpans) -> None:
        self.format = spans.format
        if self.format is None:
            if spans.is_other_signal:
                raise Unrecognised("OTLP metrics or logs, no traces", is_telemetry=True)
            raise Unrecognised(f"is JSON of no known trace format: {KNOWN}")


def _decoder(form: str, spans: JsonSpans) -> Callable[[Sequence[bytes]], Flat]:
    """Decodes a form; `spans` is told when that worked."""

    def decode(texts: Sequence[bytes]) -> Flat:
        flat = DECODERS[form](texts)
        spans.format = form
        return flat

    return decode
