"""Files, folders and standard input into a store: each file once, by the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from auditor.errors import InputError
from auditor.index.segments import batch_of, distinct
from auditor.index.store import Store
from auditor.telemetry.otlp_columns import Learned
from auditor.telemetry.read import Columns, Progress, Source, check, find_sources, read_source
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import ROW, SpanBatch

_MOST_ROWS = 1 << 17


@dataclass
class Indexed:
    """What became of the inputs: files that were new, files that were known, and spans of the new ones."""

    new: int = 0
    known: int = 0
    spans: int = 0


@dataclass
class _Reader:
    """Reads one file after another. What it learned of one serves the next, so the rows of all go with each."""

    columns: Columns | None
    learned: Learned = field(default_factory=Learned)
    rows: list[pa.Table] = field(default_factory=lambda: [ROW.empty_table()])

    def read(self, source: Source, report: ReadReport, progress: Progress | None) -> Iterator[SpanBatch]:
        self.rows = [distinct(self.rows)]
        if self.rows[0].num_rows > _MOST_ROWS:
            self.rows, self.learned = [ROW.empty_table()], Learned()
        yield from (batch_of("rows", rows) for rows in self.rows[0].to_batches())
        for batch in read_source(source, report, self.columns, self.learned):
            self.rows.append(pa.Table.from_batches([batch.rows]))
            if progress is not None:
                progress(report.bytes_read, source.size)
            yield batch


def index_inputs(
    store: Store, paths: Sequence[str], columns: Columns | None = None, progress: Progress | None = None
) -> Indexed:
    """Add what is new of the inputs. A file is done when the next begins: if interrupted, do the same again.

    Raises InputError for what is missing, or was named and is no telemetry, and when there were no traces.
    """
    if any("://" in path and not Path(path).exists() for path in paths):  # which may hold a password
        raise InputError("a URL: an index takes files, folders and -; 'auditor scan' asks stores of traces")
    indexed, every, done = Indexed(), ReadReport(), 0
    sources, reader = find_sources(paths), _Reader(columns)
    whole = sum(source.size for source in sources)
    for source in sources:
        report = ReadReport()
        if _add(store, source, reader, report, _offset(progress, done, whole)):
            indexed.new += 1
            indexed.spans += sum(read.spans for read in report.inputs)
            every.add(report)
        else:
            indexed.known += 1
        done += source.size
    if paths and not indexed.known:
        check(every, paths)
    return indexed


def _add(store: Store, source: Source, reader: _Reader, report: ReadReport, progress: Progress | None) -> bool:
    """Add a file, unless it is known; whether it was not."""
    digest = None if source.file is None else _digest(source.file)
    if digest is not None and store.knows(digest):
        return False

    def key() -> str:
        return report.inputs[0].sha256 if report.inputs else digest or f"unread {source.name}"

    return store.add(key, reader.read(source, report, progress), report)


def _offset(progress: Progress | None, done: int, whole: int) -> Progress | None:
    return None if progress is None else lambda read, _: progress(done + read, whole)


def _digest(file: Path) -> str | None:
    """The SHA-256 of a file, None of one that cannot be read: its reader tells why."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
