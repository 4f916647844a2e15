"""Large files cut into pieces that can be read by themselves: between requests of protobuf, between lines of JSON.

Only plain files are cut; and of JSON only lines of OTLP, since what belongs together in others may stand far apart.
"""

from __future__ import annotations

import io
from codecs import BOM_UTF8 as BOM
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.telemetry.compression import GZIP, ZSTD
from auditor.telemetry.detect import HEAD, detect
from auditor.telemetry.formats import Reading, Unrecognised
from auditor.telemetry.framing import CutOff, Framing, read_header, read_requests
from auditor.telemetry.json_columns import is_json
from auditor.telemetry.json_forms import form_of
from auditor.telemetry.otlp_columns import ColumnReader, Learned
from auditor.telemetry.report import Fault, Faults
from auditor.telemetry.spans import SpanBatch

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE = 64 << 20  # bytes
PROTOBUF, JSON = "otlp-protobuf", "otlp-json"
_LONGEST_FIRST_LINE = 16 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes `begin` to `end` of a file: requests of protobuf in a framing, or (None) lines of OTLP JSON."""

    file: Path
    begin: int
    end: int
    framing: Framing | None


@dataclass(slots=True)
class PieceReport:
    """What reading a piece gave; places are those within the piece. Not `whole`: the file must be read in one."""

    piece: Piece
    faults: Faults = field(default_factory=Faults)
    spans: int = 0
    bytes_read: int = 0
    whole: bool = True


def cut(file: Path, size: int) -> list[Piece]:
    """The pieces of a file, of about `size` bytes; none where it is small, or must be read in one. Raises OSError."""
    total = file.stat().st_size
    if total < 2 * size:
        return []
    with file.open("rb") as stream:
        head = stream.peek(HEAD) if total else b""
        detected = None if head.startswith((GZIP, ZSTD)) else detect(head[:HEAD])
        if detected is None or detected.signal != "traces":
            return []
        if detected.framing is not None:
            ends = _ends_of_requests(stream, detected.framing, size)
        elif _is_otlp(stream):
            ends = _ends_of_lines(stream, total, size)
        else:
            return []
        edges = [0, *(end for end in ends if end < total), total]
    return [Piece(file, begin, end, detected.framing) for begin, end in pairwise(edges)]


def _is_otlp(stream: io.BufferedReader) -> bool:
    line = stream.readline(_LONGEST_FIRST_LINE).removeprefix(BOM)
    return line.endswith(b"\n") and form_of(line) == JSON and is_json(line)


def _ends_of_requests(stream: io.BufferedReader, framing: Framing, size: int) -> Iterator[int]:
    """Offsets behind requests, `size` bytes or more apart. Where the framing breaks nothing can be found."""
    begin = at = 0
    while True:
        try:
            header = read_header(stream, framing)
        except CutOff:
            return
        if header is None:
            return
        at += len(header[0]) + header[1]
        stream.seek(at)
        if at - begin >= size:
            yield at
            begin = at


def _ends_of_lines(stream: io.BufferedReader, total: int, size: int) -> Iterator[int]:
    at = size
    while at < total:
        stream.seek(at)
        while (line := stream.readline(1 << 20)) and not line.endswith(b"\n"):
            pass
        yield (at := stream.tell())
        at += size


def read_piece(report: PieceReport, learned: Learned) -> Iterator[SpanBatch]:
    """The batches of a piece. Raises OSError."""
    piece = report.piece
    with _Range(piece) as plain:
        stream: io.BufferedReader = io.BufferedReader(plain, HEAD)
        reading = Reading(stream, report.faults.add, None, learned)
        if piece.framing is None:
            batches = reading.batches()
        else:
            requests = read_requests(stream, piece.framing, report.faults.add)
            batches = ColumnReader(report.faults.add, learned=learned).read(requests)
        try:
            for batch in batches:
                report.spans += batch.num_rows
                report.bytes_read = plain.at - piece.begin
                yield batch
        except Unrecognised:
            report.whole = False
        report.bytes_read = piece.end - piece.begin
        report.whole &= piece.framing is not None or reading.format == JSON


class _Range(io.RawIOBase):
    """The bytes of a piece."""

    def __init__(self, piece: Piece) -> None:
        self._file = piece.file.open("rb", buffering=0)
        self._file.seek(piece.begin)
        self.at, self._end = piece.begin, piece.end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill `buffer` as far as one read of the file does; 0 at the end of the piece."""
        view = memoryview(buffer).cast("B")[: self._end - self.at]
        size = self._file.readinto(view) or 0
        self.at += size
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


def joined(reports: Sequence[PieceReport]) -> Faults:
    """The faults of all pieces of a file, with their places in the file."""
    found = Faults()
    spans = 0
    for report in reports:
        found.take(_moved(report.faults.first, report.piece, spans), report.faults.count)
        spans += report.spans + sum(fault.unit == "span" for fault in report.faults.first)
    return found


def _moved(faults: Iterable[Fault], piece: Piece, spans: int) -> Iterator[Fault]:
    lines: int | None = None
    for fault in faults:
        if fault.unit == "line" and lines is None:
            lines = _lines_before(piece)
        before = {"byte": piece.begin, "line": lines, "span": spans}.get(fault.unit)
        yield fault if before is None else replace(fault, number=fault.number + before)


def _lines_before(piece: Piece) -> int:
    count = 0
    with _Range(replace(piece, begin=0, end=piece.begin)) as before:
        stream = io.BufferedReader(before)
        while data := stream.read(1 << 20):
            count += data.count(b"\n")
    return count
