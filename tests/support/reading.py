"""Telemetry files to rows, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from auditor.telemetry.read import read_spans
from auditor.telemetry.report import ReadReport
from tests.support.spans import wide

Rows = list[dict[str, Any]]


def rows_of(*paths: Path | str, report: ReadReport | None = None) -> Rows:
    """The rows of files, sorted by trace and span id."""
    rows = wide(read_spans([str(path) for path in paths], report or ReadReport()))
    return sorted(rows, key=lambda row: (row["trace_id"], row["span_id"]))
