"""One stream read in both ways that a reader has: in columns, and span by span, which says what is right."""

from __future__ import annotations

import io
from typing import Any

from auditor.telemetry.detect import HEAD
from auditor.telemetry.formats import Reading, Unrecognised
from auditor.telemetry.rows import RowBook, batches_of, numbered
from auditor.telemetry.spans import SpanBatch
from tests.support.spans import wide

Told = tuple[list[dict[str, Any]], list[tuple[str, str]], str | None]


def in_columns(data: bytes) -> Told:
    """(rows in the order of their ids, faults in theirs, format) as the product reads them."""
    faults: list[tuple[str, str]] = []
    reading = _reading(data, faults)
    batches: list[SpanBatch] = []
    try:
        batches.extend(reading.batches())
    except Unrecognised as reason:
        faults.append(("the file", str(reason)))
    return _told(batches, faults, reading.format)


def span_by_span(data: bytes) -> Told:
    """The same, each span by itself."""
    faults: list[tuple[str, str]] = []
    reading = _reading(data, faults)
    batches: list[SpanBatch] = []
    book = RowBook()
    try:
        batches.extend(batches_of(numbered(reading, lambda where, what: faults.append((where, what)), book), book))
    except Unrecognised as reason:
        faults.append(("the file", str(reason)))
    return _told(batches, faults, reading.format)


def _reading(data: bytes, faults: list[tuple[str, str]]) -> Reading:
    stream = io.BufferedReader(io.BytesIO(data), HEAD)  # type: ignore[type-var]
    return Reading(stream, lambda where, what: faults.append((where, what)))


def _told(batches: list[SpanBatch], faults: list[tuple[str, str]], format_: str | None) -> Told:
    return sorted(wide(batches), key=repr), sorted(faults), format_
