"""JSON documents of every format to raw spans, told apart document by document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from auditor.telemetry.documents import NOT_COMPLETE, parse
from auditor.telemetry.jaeger import is_jaeger, read_jaeger
from auditor.telemetry.otlp_json import is_other_signal, is_otlp, read_otlp
from auditor.telemetry.raw import RawSpan, Value
from auditor.telemetry.zipkin import is_zipkin, raw_of, read_zipkin
from auditor.telemetry.zipkin_halves import Half, settled

Fault = Callable[[str], None]
_ENOUGH = 1000  # documents of no known format before a file is given up


class JsonSpans:
    """Reads the documents of one file. `format` is known once the first was read."""

    def __init__(self) -> None:
        self.format: str | None = None
        self.is_other_signal = False
        self._unknown = 0
        self.pieces: list[Half] = []  # of Zipkin's spans, whose halves may stand far apart

    @property
    def is_hopeless(self) -> bool:
        """Whether so many documents were of no known format that a file is given up."""
        return self.format is None and self._unknown >= _ENOUGH

    def read(self, text: bytes, fault: Fault) -> Iterator[RawSpan]:
        """The spans of one document. What is no span is told to `fault` in words that quote nothing, and left out."""
        document = parse(text)
        if document is None:
            fault(NOT_COMPLETE)
        elif isinstance(document, dict) and is_other_signal(document) and not is_otlp(document):
            self.is_other_signal = True
        elif requests := _otlp_requests(document):
            self.format = "otlp-json"
            for request in requests:
                yield from read_otlp(request, fault)
        elif is_jaeger(document):
            self.format = "jaeger-json"
            yield from read_jaeger(document, fault)
        elif is_zipkin(document):
            self.format = "zipkin-json"
            self.pieces.extend(read_zipkin(document, fault))
        else:
            self._unknown += 1
            fault("is JSON of no known trace format")

    def rest(self) -> Iterator[RawSpan]:
        """The spans that could only be put together at the end of the file."""
        pieces, self.pieces = self.pieces, []
        yield from map(raw_of, settled(pieces))


def _otlp_requests(document: Value) -> list[dict[str, Value]]:
    if isinstance(document, dict):
        return [document] if is_otlp(document) else []
    if isinstance(document, list) and document and isinstance(document[0], dict) and is_otlp(document[0]):
        return [item for item in document if isinstance(item, dict)]
    return []
