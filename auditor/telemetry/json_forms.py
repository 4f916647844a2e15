"""Which decoder of columns to try on a JSON document. It may refuse: then the document is read span by span."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from auditor.telemetry import jaeger_arrow, otlp_json_arrow
from auditor.telemetry.flat import Flat, Undecoded

_HEAD = 4096  # bytes in which a form shows
OTHER, ZIPKIN = "other", "zipkin-json"


def _none(documents: Sequence[bytes]) -> Flat:
    raise Undecoded


DECODERS: dict[str, Callable[[Sequence[bytes]], Flat]] = {
    "otlp-json": otlp_json_arrow.decode,
    "jaeger-json": jaeger_arrow.decode,
    OTHER: _none,
}
_MARKS = ((b'"resourceSpans"', "otlp-json"), (b'"traceID"', "jaeger-json"), (b'"traceId"', ZIPKIN))


def form_of(document: bytes) -> str:
    """The form that a document seems to have."""
    head = document[:_HEAD]
    return next((form for mark, form in _MARKS if mark in head), OTHER)
