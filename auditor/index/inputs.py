"""Files, folders and standard input into a store: each file once, by the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import InputError
from auditor.index.store import Store
from auditor.telemetry.read import STANDARD_INPUT, Progress, read_spans
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import SpanBatch


@dataclass
class Indexed:
    """What became of the inputs: files that were new, files that were known, and spans of the new ones."""

    new: int = 0
    known: int = 0
    spans: int = 0


@dataclass(frozen=True, slots=True)
class _File:
    """`path` is None for standard input. What a folder holds may be no telemetry, what was named may not."""

    path: Path | None
    is_named: bool

    @property
    def argument(self) -> str:
        return STANDARD_INPUT if self.path is None else str(self.path)

    @property
    def size(self) -> int:
        try:
            return self.path.stat().st_size if self.path else 0
        except OSError:  # gone meanwhile: its reader tells
            return 0


def index_inputs(
    store: Store, paths: Sequence[str], columns: Mapping[str, str] | None = None, progress: Progress | None = None
) -> Indexed:
    """Add what is new of the inputs. A file is done when the next begins: if interrupted, do the same again.

    Raises InputError for what is missing, or was named and is no telemetry.
    """
    indexed, done = Indexed(), 0
    files = [file for path in paths for file in _files(path)]
    whole = sum(file.size for file in files)
    for file in files:
        added = _add(store, file, columns, _offset(progress, done, whole))
        if added is None:
            indexed.known += 1
        else:
            indexed.new += 1
            indexed.spans += added
        done += file.size
    return indexed


def _add(store: Store, file: _File, columns: Mapping[str, str] | None, progress: Progress | None) -> int | None:
    """How many spans a file brought; None when it was known."""
    digest = None if file.path is None else _digest(file.path)
    if digest is not None and store.knows(digest):
        return None
    report = ReadReport()

    def key() -> str:
        return report.inputs[0].sha256 if report.inputs else digest or f"unread {file.argument}"

    is_new = store.add(key, _spans(file, report, columns, progress), report)
    return sum(read.spans for read in report.inputs) if is_new else None


def _offset(progress: Progress | None, done: int, whole: int) -> Progress | None:
    return None if progress is None else lambda read, _: progress(done + read, whole)


def _files(path: str) -> list[_File]:
    place = Path(path)
    if path != STANDARD_INPUT and place.is_dir():
        return [_File(file, False) for file in sorted(place.rglob("*")) if file.is_file()]
    if path == STANDARD_INPUT:
        return [_File(None, True)]
    if not place.exists():
        raise InputError(f"{path}: there is no such file; name a file or folder of traces")
    return [_File(place, True)]


def _digest(file: Path) -> str | None:
    """The SHA-256 of a file, None of one that cannot be read: its reader tells why."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def _spans(
    file: _File, report: ReadReport, columns: Mapping[str, str] | None, progress: Progress | None
) -> Iterator[SpanBatch]:
    try:
        yield from read_spans([file.argument], report, progress, columns)
    except InputError:
        if file.is_named:
            raise
        if not report.skipped and file.path is not None:
            report.skip(file.path.name)
