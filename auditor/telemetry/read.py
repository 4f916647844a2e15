"""The entry of telemetry: files, folders or standard input to redacted span batches, and a report on the reading."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from auditor.errors import InputError
from auditor.telemetry.compression import Plain
from auditor.telemetry.detect import HEAD
from auditor.telemetry.formats import KNOWN, Reading, Unrecognised
from auditor.telemetry.spans import SpanBatch
from lineage.audit import Input

Progress = Callable[[int, int], None]
STANDARD_INPUT = "-"
_MAX_BAD, _MAX_SKIPPED = 100, 100


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not be read. `where` is a line or byte of the file; `what` never quotes the input."""

    file: str
    where: str
    what: str


@dataclass
class ReadReport:
    """What was read and what was not. `bad` holds the first 100 bad records, `bad_count` counts all.

    `skipped` names files that hold no traces the auditor can read: the first 100, then how many more.
    """

    inputs: list[Input] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    bad_count: int = 0
    skipped: list[str] = field(default_factory=list)
    skipped_count: int = 0
    bytes_read: int = 0

    def add_bad(self, file: str, where: str, what: str) -> None:
        """Count a bad record, and keep it if there is room."""
        self.bad_count += 1
        if len(self.bad) < _MAX_BAD:
            self.bad.append(BadRecord(file, where, what))

    def skip(self, name: str) -> None:
        """Count a file that was not read, and keep its name if there is room."""
        self.skipped_count += 1
        if len(self.skipped) < _MAX_SKIPPED:
            self.skipped.append(name)


def read_spans(
    paths: Sequence[str],
    report: ReadReport,
    progress: Progress | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[SpanBatch]:
    """Read files, folders (recursively, the files in them that hold traces) and `-` (standard input).

    Yields span batches. `progress` is told stored bytes read and stored bytes in all; `columns`
    names the columns of CSV files whose header does not tell. Raises
    InputError for what is missing, for a file that was named and is no telemetry, and when there were no traces.
    """
    files = [found for path in paths for found in _files(path)]
    total = sum(file.stat().st_size for file, _ in files if file is not None)
    for file, is_named in files:
        name = file.name if file is not None else STANDARD_INPUT
        try:
            with _open(file) as stream:
                plain = Plain(stream)
                before = report.bytes_read
                for batch in _read_file(name, plain, report, columns):
                    report.bytes_read = before + plain.compressed
                    if progress is not None:
                        progress(report.bytes_read, total)
                    yield batch
                report.bytes_read = before + plain.compressed
        except OSError as error:
            if not is_named:
                report.skip(f"{name} (cannot be read)")
                continue
            raise InputError(f"{file or name}: cannot be read ({error.strerror})") from None
        except Unrecognised as reason:
            if is_named and not reason.is_telemetry:
                raise InputError(f"{file or name}: {reason}") from None
            report.skip(f"{name} ({reason})" if reason.is_telemetry else name)
        if progress is not None:
            progress(report.bytes_read, total)
    if not report.inputs:
        raise InputError(f"{', '.join(paths)}: no traces found; {KNOWN}")


def _files(path: str) -> list[tuple[Path | None, bool]]:
    """(file, whether the user named it) for a path; None stands for standard input."""
    if path == STANDARD_INPUT:
        return [(None, True)]
    place = Path(path)
    try:
        if place.is_dir():
            return [(file, False) for file in sorted(place.rglob("*")) if file.is_file()]
        place.stat()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or 'cannot be read'}; name a file or folder of traces") from None
    except ValueError:  # a NUL in the name
        raise InputError("a path that no file can have; name a file or folder of traces") from None
    return [(place, True)]


def _open(file: Path | None) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if file is None else file.open("rb")


def _read_file(name: str, plain: Plain, report: ReadReport, columns: Mapping[str, str] | None) -> Iterator[SpanBatch]:
    """The batches of one file; its faults are told to the report only when it turns out to hold traces."""
    faults = ReadReport()
    reading = Reading(io.BufferedReader(plain, HEAD), partial(faults.add_bad, name), columns)
    spans = 0
    try:
        for batch in reading.batches():
            spans += batch.num_rows
            yield batch
    except Unrecognised as reason:
        raise Unrecognised(plain.problem or str(reason), reason.is_telemetry) from None
    if plain.problem:
        faults.add_bad(name, f"byte {plain.plain}", plain.problem)
    for bad in faults.bad:
        report.add_bad(bad.file, bad.where, bad.what)
    report.bad_count += faults.bad_count - len(faults.bad)
    report.inputs.append(Input(name, plain.digest(), str(reading.format), spans))
