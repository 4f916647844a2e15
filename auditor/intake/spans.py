"""Bodies of trace requests, several at once, to redacted batches, and what was wrong with each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import orjson

from auditor.intake.batches import Batch
from auditor.intake.messages import Form, Reason
from auditor.intake.verdict import Verdict
from auditor.telemetry.jaeger import is_jaeger, read_jaeger
from auditor.telemetry.otlp_columns import ColumnReader
from auditor.telemetry.otlp_json import read_otlp
from auditor.telemetry.otlp_protobuf import NO_REQUEST
from auditor.telemetry.raw import RawSpan, Value
from auditor.telemetry.rows import batches_of, rows_of
from auditor.telemetry.sharing import SharedRows
from auditor.telemetry.zipkin import flat, is_zipkin, read_zipkin

Fault = Callable[[str], None]
Body = tuple[Form, bytes]
_OWN = "span "  # how the place of a fault of our own begins (`rows.rows_of`): it names no request


class SpanDecoder:
    """Reads requests; remembers, in memory and bounded, what it made of values."""

    def __init__(self) -> None:
        self._faults: list[tuple[str, str]] = []
        self._columns = ColumnReader(lambda where, what: self._faults.append((where, what)))
        self._shared = SharedRows()

    def decode(self, bodies: Sequence[Body]) -> tuple[list[Batch], list[Verdict]]:
        """(the spans, a verdict for each body)."""
        verdicts = [Verdict() for _ in bodies]
        batches: list[Batch] = []
        protobuf = [place for place, (form, _) in enumerate(bodies) if form == "protobuf"]
        batches += self._protobuf([bodies[place][1] for place in protobuf], [verdicts[place] for place in protobuf])
        for (form, body), verdict in zip(bodies, verdicts, strict=True):
            if form != "protobuf":
                batches += self._json(form, body, verdict)
        return batches, verdicts

    def _protobuf(self, bodies: Sequence[bytes], verdicts: Sequence[Verdict]) -> list[Batch]:
        self._faults.clear()
        batches = list(self._columns.read((str(place), body) for place, body in enumerate(bodies)))
        if len(bodies) > 1 and any(where.startswith(_OWN) for where, _ in self._faults):  # whose are they?
            return [
                batch
                for body, verdict in zip(bodies, verdicts, strict=True)
                for batch in self._protobuf([body], [verdict])
            ]
        for where, what in self._faults:
            if where.startswith(_OWN):
                verdicts[0].reject(Reason.FAILED)
            elif what == NO_REQUEST:
                verdicts[int(where)].problem = "the body is no OTLP trace request in protobuf"
            else:
                verdicts[int(where)].reject(Reason.NO_SPAN)
        if bodies:
            verdicts[0].items = sum(batch.num_rows for batch in batches)
        return batches

    def _json(self, form: Form, body: bytes, verdict: Verdict) -> list[Batch]:
        try:
            document: Value = orjson.loads(body) if body else {}
        except (orjson.JSONDecodeError, RecursionError):
            verdict.problem = "the body is not JSON"
            return []
        problem, reader = _READERS[form]
        if (raws := reader(document, lambda _: verdict.reject(Reason.NO_SPAN))) is None:
            verdict.problem = problem
            return []
        batches = list(batches_of(rows_of(raws, lambda *_: verdict.reject(Reason.FAILED), make=self._shared.row_of)))
        verdict.items = sum(batch.num_rows for batch in batches)
        return batches


def _otlp(document: Value, fault: Fault) -> Iterator[RawSpan] | None:
    if not isinstance(document, dict) or not isinstance(document.get("resourceSpans", []), list):
        return None
    return read_otlp(document, fault)


def _zipkin(document: Value, fault: Fault) -> Iterator[RawSpan] | None:
    if not isinstance(document, list) or not is_zipkin(document):
        return None
    return read_zipkin(flat(document), fault)


def _jaeger(document: Value, fault: Fault) -> Iterator[RawSpan] | None:
    return read_jaeger(document, fault) if is_jaeger(document) else None


_READERS: dict[Form, tuple[str, Callable[[Value, Fault], Iterator[RawSpan] | None]]] = {
    "json": ("the body is no OTLP trace request in JSON", _otlp),
    "zipkin": ("the body is no list of Zipkin v2 spans", _zipkin),
    "jaeger": ("the body is none of Jaeger's JSON documents", _jaeger),
}
