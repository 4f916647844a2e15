"""Which task reads what, and what all of them tell together of each file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from auditor.engine.shares import inputs_of, report_of, shares
from auditor.engine.spark.decoding import Digest, Input
from auditor.engine.spark.files import File, Remote
from auditor.engine.spark.records import Failure, Note
from auditor.errors import AuditorError, InputError
from auditor.telemetry.pieces import Piece, PieceReport
from auditor.telemetry.read import Source
from auditor.telemetry.report import ReadReport


def tasks_for(files: Sequence[File]) -> list[Sequence[Input]]:
    """The inputs of each task that reads for itself: each piece of a large file, its digest, small files together."""
    whole: list[Source | Piece] = []
    sources: list[int] = []
    tasks: list[Sequence[Input]] = []
    for number, file in enumerate(files):
        if not isinstance(file, Source):
            continue
        for place, one in enumerate(inputs_of(file)):
            if isinstance(one, Piece):
                tasks.append([Input(number, place, one)])
            else:
                whole.append(one)
                sources.append(number)
        if tasks and tasks[-1][0].source == number and file.file is not None:
            tasks.append([Input(number, -1, Digest(file.file))])
    tasks += [[Input(sources[at], 0, whole[at]) for at in share] for share in shares(whole)]
    return tasks


def cut_in_vain(notes: Iterable[Note]) -> set[int]:
    """The files that turned out, piece by piece, to be such that they must be read in one."""
    return {note.source for note in notes if isinstance(note.told, PieceReport) and not note.told.whole}


def report_on(files: Sequence[File], notes: Iterable[Note]) -> ReadReport:
    """The report on all files, in their order. Raises InputError for the first that could not be read."""
    by_file: dict[int, list[Note]] = defaultdict(list)
    for note in notes:
        by_file[note.source].append(note)
    report = ReadReport()
    for number, file in enumerate(files):
        report.add(_report_on(file, sorted(by_file[number], key=lambda note: note.place)))
    return report


def _report_on(file: File, notes: Sequence[Note]) -> ReadReport:
    if isinstance(file, Remote) and file.is_hidden:
        return _hidden(file)
    told = [note.told for note in notes]
    pieces = [one for one in told if isinstance(one, PieceReport)]
    digests = [one for one in told if isinstance(one, str)]
    if pieces and isinstance(file, Source):
        return report_of(file, pieces, digests[0])
    if len(told) != 1:
        raise AuditorError(f"{file.shown}: Spark read it {len(told)} times; please report this line")
    [one] = told
    if isinstance(one, Failure):
        raise InputError(one.text)
    assert isinstance(one, ReadReport)
    return one


def _hidden(file: Remote) -> ReadReport:
    if file.is_named:
        raise InputError(f"{file.shown}: Spark reads no files whose names begin with _ or a dot; rename it")
    report = ReadReport()
    report.skip(f"{file.name} (cannot be read)")
    return report
