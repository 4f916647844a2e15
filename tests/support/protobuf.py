"""OTLP protobuf read in both ways: in columns, and span by span by the official library, which says what is right."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auditor.telemetry.detect import HEAD, detect
from auditor.telemetry.framing import read_requests
from auditor.telemetry.otlp_columns import ColumnReader, Request
from auditor.telemetry.otlp_protobuf import read_request
from auditor.telemetry.rows import RowBook, batches_of, numbered
from tests.support.spans import wide

Faults = list[tuple[str, str]]
Rows = list[dict[str, Any]]


def in_columns(requests: Sequence[Request]) -> tuple[Rows, Faults]:
    """(rows, faults) of the reader that the product uses."""
    faults: Faults = []
    reader = ColumnReader(lambda where, what: faults.append((where, what)))
    return wide(reader.read(requests)), faults


def span_by_span(requests: Sequence[Request]) -> tuple[Rows, Faults]:
    """(rows, faults) as the official library has them."""
    faults: Faults = []
    raws = (
        raw
        for where, data in requests
        for raw in read_request(data, lambda what, where=where: faults.append((where, what)))  # type: ignore[misc]
    )
    book = RowBook()
    found = numbered(raws, lambda where, what: faults.append((where, what)), book)
    return wide(batches_of(found, book)), faults


def requests_in(file: Path) -> list[Request]:
    """The requests of a gzipped file."""
    data = gzip.decompress(file.read_bytes())
    detected = detect(data[:HEAD])
    assert detected is not None
    assert detected.framing is not None
    return list(read_requests(io.BytesIO(data), detected.framing, lambda *_: None))
