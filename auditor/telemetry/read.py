"""The entry of telemetry: files, folders or standard input to redacted span batches, and a report on the reading."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from auditor.errors import InputError
from auditor.telemetry.compression import Plain
from auditor.telemetry.detect import HEAD
from auditor.telemetry.formats import KNOWN, Reading, Unrecognised
from auditor.telemetry.otlp_columns import Learned
from auditor.telemetry.report import Faults, ReadReport
from auditor.telemetry.spans import SpanBatch
from lineage.audit import Input

Progress = Callable[[int, int], None]
Columns = Mapping[str, str]
STANDARD_INPUT = "-"


class Readable(Protocol):
    """Something that can be read from its beginning; see `Source`."""

    @property
    def name(self) -> str: ...
    @property
    def shown(self) -> str: ...
    @property
    def is_named(self) -> bool: ...
    def open(self) -> AbstractContextManager[BinaryIO]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, None for standard input; `is_named`: the user named it, rather than a folder it lies in."""

    file: Path | None
    is_named: bool

    @property
    def name(self) -> str:
        """What the report calls it."""
        return self.file.name if self.file is not None else STANDARD_INPUT

    @property
    def shown(self) -> str:
        """What an error calls it."""
        return str(self.file or self.name)

    def open(self) -> AbstractContextManager[BinaryIO]:
        """Its stored bytes. Raises OSError."""
        return nullcontext(sys.stdin.buffer) if self.file is None else self.file.open("rb")

    @property
    def size(self) -> int:
        """Stored bytes; 0 where that is not known beforehand."""
        return self.file.stat().st_size if self.file is not None else 0


def read_spans(
    paths: Sequence[str],
    report: ReadReport,
    progress: Progress | None = None,
    columns: Columns | None = None,
) -> Iterator[SpanBatch]:
    """Read files, folders (recursively, the files in them that hold traces) and `-` (standard input).

    Yields span batches. `progress` is told stored bytes read and stored bytes in all; `columns`
    names the columns of CSV files whose header does not tell. Raises
    InputError for what is missing, for a file that was named and is no telemetry, and when there were no traces.
    """
    sources = find_sources(paths)
    total = sum(source.size for source in sources)
    learned = Learned()
    for source in sources:
        own = ReadReport()
        for batch in read_source(source, own, columns, learned):
            if progress is not None:
                progress(report.bytes_read + own.bytes_read, total)
            yield batch
        report.add(own)
        if progress is not None:
            progress(report.bytes_read, total)
    check(report, paths)


def check(report: ReadReport, paths: Sequence[str]) -> None:
    """Raise InputError when nothing that was read held traces."""
    if not report.inputs:
        raise InputError(f"{', '.join(paths)}: no traces found; {KNOWN}")


def find_sources(paths: Sequence[str]) -> list[Source]:
    """The files that paths stand for. Raises InputError for what is not there."""
    return [found for path in paths for found in _sources(path)]


def _sources(path: str) -> list[Source]:
    if path == STANDARD_INPUT:
        return [Source(None, True)]
    place = Path(path)
    if "://" in path and not place.exists():  # it may hold a password
        raise InputError("a URL: name files, folders or -; 'auditor scan' and 'auditor check' ask stores of traces")
    try:
        if place.is_dir():
            return [Source(file, False) for file in sorted(place.rglob("*")) if file.is_file()]
        place.stat()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or 'cannot be read'}; name a file or folder of traces") from None
    except ValueError:  # a NUL in the name
        raise InputError("a path that no file can have; name a file or folder of traces") from None
    return [Source(place, True)]


def read_source(source: Readable, report: ReadReport, columns: Columns | None, learned: Learned) -> Iterator[SpanBatch]:
    """The batches of one file; `report` is of this file alone. Raises InputError."""
    try:
        with source.open() as stream:
            plain = Plain(stream)
            for batch in _read_file(source.name, plain, report, columns, learned):
                report.bytes_read = plain.compressed
                yield batch
            report.bytes_read = plain.compressed
    except OSError as error:
        if source.is_named:
            raise InputError(f"{source.shown}: cannot be read ({error.strerror})") from None
        report.skip(f"{source.name} (cannot be read)")
    except Unrecognised as reason:
        if source.is_named and not reason.is_telemetry:
            raise InputError(f"{source.shown}: {reason}") from None
        report.skip(f"{source.name} ({reason})" if reason.is_telemetry else source.name)


def _read_file(
    name: str, plain: Plain, report: ReadReport, columns: Columns | None, learned: Learned
) -> Iterator[SpanBatch]:
    """The batches of one file; its faults are told to the report only when it turns out to hold traces."""
    faults = Faults()
    reading = Reading(io.BufferedReader(plain, HEAD), faults.add, columns, learned)
    spans = 0
    try:
        for batch in reading.batches():
            spans += batch.num_rows
            yield batch
    except Unrecognised as reason:
        raise Unrecognised(plain.problem or str(reason), reason.is_telemetry) from None
    if plain.problem:
        faults.add(f"byte {plain.plain}", plain.problem)
    report.add_faults(name, faults)
    report.inputs.append(Input(name, plain.digest(), str(reading.format), spans))
