"""Bodies of trace requests, several at once, to one redacted batch, and what was wrong with each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import orjson

from auditor.intake.messages import Form, Reason
from auditor.intake.verdict import Verdict
from auditor.telemetry.jaeger import is_jaeger, read_jaeger
from auditor.telemetry.json_forms import DECODERS, OTHER
from auditor.telemetry.otlp_arrow import decode as decode_protobuf
from auditor.telemetry.otlp_columns import ColumnReader, Decode, ReadOne
from auditor.telemetry.otlp_json import read_otlp
from auditor.telemetry.otlp_protobuf import NO_REQUEST, read_request
from auditor.telemetry.raw import RawSpan, Value
from auditor.telemetry.shelf import Shelf, joined
from auditor.telemetry.spans import SpanBatch
from auditor.telemetry.zipkin import is_zipkin, raw_of, read_zipkin
from auditor.telemetry.zipkin_halves import settled

Fault = Callable[[str], None]
Body = tuple[Form, bytes]
_OWN = "span "  # how the place of a fault of our own begins: it names no request
_MOST_ROWS = 1 << 17


class SpanDecoder:
    """Reads requests; remembers, in memory and bounded, what it made of values."""

    def __init__(self) -> None:
        self._faults: list[tuple[str, str]] = []
        self._forget()

    def _forget(self) -> None:
        self._shelf = Shelf()
        self._readers = {form: ColumnReader(self._fault, *reading) for form, (reading, _) in _FORMS.items()}

    def _fault(self, where: str, what: str) -> None:
        self._faults.append((where, what))

    def decode(self, bodies: Sequence[Body]) -> tuple[SpanBatch | None, list[Verdict]]:
        """(the spans, None when there are none; a verdict for each body)."""
        if len(self._shelf) > _MOST_ROWS:
            self._forget()
        verdicts = [Verdict() for _ in bodies]
        batches: list[SpanBatch] = []
        for form in _FORMS:
            places = [place for place, (of, _) in enumerate(bodies) if of == form]
            batches += self._read(form, [bodies[place][1] for place in places], [verdicts[place] for place in places])
        return joined(batches, self._shelf) if batches else None, verdicts

    def _read(self, form: Form, bodies: Sequence[bytes], verdicts: Sequence[Verdict]) -> list[SpanBatch]:
        self._faults.clear()
        batches = list(self._readers[form].read((str(place), body) for place, body in enumerate(bodies)))
        if len(bodies) > 1 and any(where.startswith(_OWN) for where, _ in self._faults):  # whose are they?
            for batch in batches:
                self._shelf.put(batch.rows)
            singly = zip(bodies, verdicts, strict=True)
            return [batch for body, verdict in singly for batch in self._read(form, [body], [verdict])]
        for where, what in self._faults:
            if where.startswith(_OWN):
                verdicts[0].reject(Reason.FAILED)
            elif what == NO_REQUEST:
                verdicts[int(where)].problem = _FORMS[form][1]
            else:
                verdicts[int(where)].reject(Reason.NO_SPAN)
        if bodies:
            verdicts[0].items = sum(batch.num_rows for batch in batches)
        return batches


def _json(read: Callable[[Value, Fault], Iterator[RawSpan] | None], body: bytes, fault: Fault) -> Iterator[RawSpan]:
    """The spans of a JSON body; `read` returns None for a document of another kind."""
    try:
        spans = read(orjson.loads(body) if body else {}, fault)
    except (orjson.JSONDecodeError, RecursionError):
        spans = None
    if spans is None:
        fault(NO_REQUEST)
        return
    yield from spans


def _otlp(document: Value, fault: Fault) -> Iterator[RawSpan] | None:
    if not isinstance(document, dict) or not isinstance(document.get("resourceSpans", []), list):
        return None
    return read_otlp(document, fault)


def _zipkin(document: Value, fault: Fault) -> Iterator[RawSpan] | None:
    if not isinstance(document, list) or not is_zipkin(document):
        return None
    return map(raw_of, settled(read_zipkin(document, fault)))


def _jaeger(document: Value, fault: Fault) -> Iterator[RawSpan] | None:
    return read_jaeger(document, fault) if is_jaeger(document) else None


# How a form is read, and what is told of a body that is none.
_FORMS: Mapping[Form, tuple[tuple[Decode, ReadOne], str]] = {
    "protobuf": ((decode_protobuf, read_request), "the body is no OTLP trace request in protobuf"),
    "json": ((DECODERS["otlp-json"], partial(_json, _otlp)), "the body is no OTLP trace request in JSON"),
    "zipkin": ((DECODERS[OTHER], partial(_json, _zipkin)), "the body is no list of Zipkin v2 spans"),
    "jaeger": ((DECODERS[OTHER], partial(_json, _jaeger)), "the body is none of Jaeger's JSON documents"),
}
