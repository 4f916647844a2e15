"""Stores of traces to redacted span batches, as files are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

from auditor.errors import InputError
from auditor.telemetry.otlp_columns import ColumnReader, Learned
from auditor.telemetry.read import Progress
from auditor.telemetry.report import Faults, ReadReport
from auditor.telemetry.rows import Fault, batches_of, numbered
from auditor.telemetry.spans import SpanBatch
from auditor.telemetry.trace_stores.address import Address, read_address
from auditor.telemetry.trace_stores.clickhouse import ClickHouseTable
from auditor.telemetry.trace_stores.jaeger import JaegerTraces
from auditor.telemetry.trace_stores.question import Question
from auditor.telemetry.trace_stores.tempo import TempoTraces
from auditor.telemetry.trace_stores.web import Web
from lineage.audit import Input

Told = Callable[[int, float], None]  # bytes received, share that is done


def read_store(
    url: str, question: Question, report: ReadReport, progress: Progress | None = None
) -> Iterator[SpanBatch]:
    """Ask the store at a URL. Yields batches as `read_spans` does. Raises InputError, also when there are no spans.

    There is no digest of what a store answers: the input's name says what it was asked instead.
    """
    address = read_address(url)
    before, spans, faults = report.bytes_read, 0, Faults()

    def told(received: int, done: float) -> None:
        report.bytes_read = before + received
        if progress is not None:
            progress(report.bytes_read, before + int(received / done) if done else 0)

    for batch in _KINDS[address.kind](address, question, faults.add, told):
        spans += batch.num_rows
        yield batch
    if not spans:
        raise InputError(f"{address.shown}: no spans {question.shown}; another time is asked for with --from and --to")
    report.add_faults(address.shown, faults)
    report.inputs.append(Input(f"{address.shown} {question.shown}", "", address.kind, spans))


def _clickhouse(address: Address, question: Question, fault: Fault, told: Told) -> Iterator[SpanBatch]:
    with closing(ClickHouseTable(address, question, fault)) as table:
        for batch in table:
            told(table.received, table.done)
            yield batch


def _jaeger(address: Address, question: Question, fault: Fault, told: Told) -> Iterator[SpanBatch]:
    with closing(Web(address)) as web:
        traces = JaegerTraces(web, question, address.limit, fault)
        learned = Learned()
        for batch in batches_of(numbered(traces, fault, learned.book, 1, learned.shared.row_of), learned.book):
            told(web.received, traces.done)
            yield batch


def _tempo(address: Address, question: Question, fault: Fault, told: Told) -> Iterator[SpanBatch]:
    with closing(Web(address)) as web:
        traces = TempoTraces(web, question, address.limit, fault)
        for batch in ColumnReader(fault).read(traces):
            told(web.received, traces.done)
            yield batch


_KINDS = {"clickhouse": _clickhouse, "jaeger": _jaeger, "tempo": _tempo}
