"""Telemetry files to rows, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from auditor.telemetry.read import ReadReport, read_spans
from auditor.telemetry.spans import SPAN

Rows = list[dict[str, Any]]


def rows_of(*paths: Path | str, report: ReadReport | None = None) -> Rows:
    """The rows of files, sorted by trace and span id."""
    batches = list(read_spans([str(path) for path in paths], report or ReadReport()))
    rows: Rows = pa.Table.from_batches(batches, schema=SPAN).to_pylist()
    return sorted(rows, key=lambda row: (row["trace_id"], row["span_id"]))
