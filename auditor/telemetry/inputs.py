"""Telemetry wherever it is: files and folders, standard input, stores of traces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from auditor.errors import InputError
from auditor.period import Period
from auditor.telemetry.read import Columns, Progress, read_spans
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import SpanBatch
from auditor.telemetry.trace_stores.address import FORM, is_store_url
from auditor.telemetry.trace_stores.question import Question, question_of


def read_inputs(
    inputs: Sequence[str],
    report: ReadReport,
    progress: Progress | None = None,
    columns: Columns | None = None,
    question: Question | None = None,
) -> Iterator[SpanBatch]:
    """As `read_spans`, and stores of traces too, given by their URL: they are asked the `question`, without one for
    the last day. Raises InputError.
    """
    stores = [each for each in inputs if is_store_url(each)]
    paths = [each for each in inputs if not is_store_url(each)]
    if any("://" in path and not Path(path).exists() for path in paths):
        raise InputError(f"a URL that is none of a store of traces: {FORM}")
    if stores:
        from auditor.telemetry.trace_stores.read import read_store

        now = datetime.now(UTC)
        for url in stores:
            yield from read_store(url, question or question_of(Period(), (), now), report, progress)
    if paths:
        yield from read_spans(paths, report, progress, columns)
