"""Gaps that only show when telemetry, statements and schemas are laid side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from auditor.config import Config
from auditor.telemetry.report import ReadReport
from lineage.access import Read
from lineage.model import Gap, Operation
from lineage.system import SystemModel
from lineage.tables import CatalogTable


def reading_gaps(report: ReadReport) -> list[Gap]:
    """What of the input could not be read."""
    gaps = []
    if report.bad_count:
        places = ", ".join(f"{bad.file} {bad.where}" for bad in report.bad[:3])
        hides = "records that could not be read: whatever spans they held are missing"
        gaps.append(Gap("bad_record", places, report.bad_count, 1.0, hides))
    hides = "files that hold no traces the auditor can read"
    gaps += [Gap("unread_file", name, 1, 1.0, hides) for name in report.skipped]
    if more := report.skipped_count - len(report.skipped):
        gaps.append(Gap("unread_file", "further files", more, 1.0, hides))
    return gaps


def catalog_gaps(model: SystemModel, tables: Sequence[CatalogTable], read: Read) -> list[Gap]:
    """What no schema and no statement tells."""
    return [*_undeclared(model, tables), *_whole_rows(read), *_entry_points(model)]


def _undeclared(model: SystemModel, tables: Sequence[CatalogTable]) -> Iterator[Gap]:
    own = Counter(table.store for table in tables)
    undeclared = Counter(table.store for table in tables if not table.declared)
    hides = "tables without DDL: columns that no statement names, and all types and comments, are unknown"
    for store in model.stores:
        if count := undeclared[store.name]:
            yield Gap("no_ddl", store.name, count, round(count / own[store.name], 4), hides)


def _whole_rows(read: Read) -> Iterator[Gap]:
    counts = Counter(touch.use.store for touch in read.touches if touch.field.endswith(".*"))
    for name, count in sorted(counts.items()):
        hides = "statements that take or touch whole rows of a table: which columns that means is not told"
        yield Gap("whole_row", name, count, round(count / len(read.touches), 4), hides)


def _entry_points(model: SystemModel) -> Iterator[Gap]:
    total = sum(exchange.seen.calls for exchange in model.exchanges)
    if not total:
        return
    entered: Counter[str] = Counter()
    for exchange in model.exchanges:
        if exchange.caller is None:
            entered[exchange.callee.name] += exchange.seen.calls
    for name, count in sorted(entered.items()):
        hides = "requests from browsers and others who send no spans: what they send and get back is unknown"
        yield Gap("entry_point", name, count, round(count / total, 4), hides)


def session_gaps(model: SystemModel, identities: Iterable[Operation], config: Config) -> list[Gap]:
    """Operations that log people in, where no `[[tokens]]` says what their tokens carry."""
    if config.tokens:
        return []
    handled = {seen.operation: seen.seen.calls for seen in model.operations}
    hides = "operations that log people in: what their tokens and cookies carry, and to whom, is unknown"
    return [
        Gap("token_contents", f"{operation.service} {operation.name}", handled.get(operation, 0), 1.0, hides)
        for operation in sorted(identities)
    ]
