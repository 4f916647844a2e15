"""The formats in one place: a plain stream of bytes to raw spans, whatever they are written in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pyarrow as pa

from auditor.telemetry.csv_layout import layout_of
from auditor.telemetry.detect import HEAD, detect
from auditor.telemetry.documents import NotJson, read_documents
from auditor.telemetry.framing import Framing, read_requests
from auditor.telemetry.jaeger import is_jaeger, read_jaeger
from auditor.telemetry.otlp_columns import ColumnReader
from auditor.telemetry.otlp_json import is_other_signal, is_otlp, read_otlp
from auditor.telemetry.otlp_protobuf import read_request
from auditor.telemetry.parquet import PARQUET, NoSpanTable, read_parquet
from auditor.telemetry.raw import RawSpan, Value
from auditor.telemetry.rows import batches_of, rows_of
from auditor.telemetry.sharing import SharedRows
from auditor.telemetry.span_csv import read_span_csv
from auditor.telemetry.zipkin import flat, is_zipkin, read_zipkin

Fault = Callable[[str, str], None]  # where, what
_ENOUGH = 1000  # documents of no known format before a file is given up
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

    `columns` names the columns of a CSV whose header does not tell (see `csv_layout.layout_of`).
    """

    def __init__(self, stream: io.BufferedReader, fault: Fault, columns: Mapping[str, str] | None = None) -> None:
        self._stream, self._fault, self._columns = stream, fault, columns
        self.format: str | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The spans as batches of `SPAN`; protobuf is read in columns. Raises as iterating does."""
        head = self._stream.peek(HEAD)
        if head.startswith(PARQUET):
            self.format = "otel-parquet"
            yield from self._parquet()
            return
        detected = detect(head) if layout_of(head, self._columns) is None else None
        if detected is None or detected.framing is None or detected.signal != "traces":
            yield from batches_of(rows_of(self, self._fault, make=SharedRows().row_of))
            return
        self.format = "otlp-protobuf"
        yield from ColumnReader(self._fault).read(read_requests(self._stream, detected.framing, self._fault))

    def _parquet(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from read_parquet(self._stream, self._fault)
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
        try:
            yield from self._json() if detected.framing is None else self._protobuf(detected.framing)
        except NotJson as problem:
            raise Unrecognised(str(problem)) from None

    def _protobuf(self, framing: Framing) -> Iterator[RawSpan]:
        self.format = "otlp-protobuf"
        for where, request in read_requests(self._stream, framing, self._fault):
            yield from read_request(request, partial(self._fault, where))

    def _json(self) -> Iterator[RawSpan]:
        zipkin: list[Value] = []  # the halves of a span may stand far apart
        unknown = 0
        other_signal = False
        for where, document in read_documents(self._stream, self._fault):
            fault = partial(self._fault, where)
            if isinstance(document, dict) and is_other_signal(document) and not is_otlp(document):
                other_signal = True
            elif requests := _otlp_requests(document):
                self.format = "otlp-json"
                for request in requests:
                    yield from read_otlp(request, fault)
            elif is_jaeger(document):
                self.format = "jaeger-json"
                yield from read_jaeger(document, fault)
            elif is_zipkin(document):
                self.format = "zipkin-json"
                zipkin.extend(flat(document))
            else:
                unknown += 1
                fault("is JSON of no known trace format")
                if self.format is None and unknown >= _ENOUGH:
                    break
        yield from read_zipkin(zipkin, partial(self._fault, "the file"))
        if self.format is None:
            if other_signal:
                raise Unrecognised("OTLP metrics or logs, no traces", is_telemetry=True)
            raise Unrecognised(f"is JSON of no known trace format: {KNOWN}")


def _otlp_requests(document: Value) -> list[dict[str, Value]]:
    if isinstance(document, dict):
        return [document] if is_otlp(document) else []
    if isinstance(document, list) and document and isinstance(document[0], dict) and is_otlp(document[0]):
        return [item for item in document if isinstance(item, dict)]
    return []
