"""How inputs are shared out for reading: files, or pieces of large ones; and what came of the pieces of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.telemetry.pieces import JSON, PIECE, PROTOBUF, Piece, PieceReport, cut, joined
from auditor.telemetry.read import Source
from auditor.telemetry.report import ReadReport
from lineage.audit import Input

INFLATION = 8  # plain bytes for a stored one, about, where a file is compressed


def inputs_of(source: Source) -> Sequence[Source | Piece]:
    """A file's pieces, or the file."""
    try:
        pieces = cut(source.file, PIECE) if source.file is not None else []
    except OSError:  # told when it is read
        pieces = []
    return pieces or [source]


def shares(inputs: Sequence[Source | Piece]) -> Iterator[range]:
    """Neighbouring inputs taken together, so that each share has about as much to read as a piece holds."""
    begin, size = 0, 0
    for end, one in enumerate(inputs, start=1):
        size += one.end - one.begin if isinstance(one, Piece) else one.size * INFLATION
        if size >= PIECE or end == len(inputs):
            yield range(begin, end)
            begin, size = end, 0


def report_of(source: Source, pieces: Sequence[PieceReport], digest: str) -> ReadReport:
    """The report on a file that was read in pieces."""
    found = ReadReport()
    found.add_faults(source.name, joined(pieces))
    form = JSON if pieces[0].piece.framing is None else PROTOBUF
    found.inputs.append(Input(source.name, digest, form, sum(piece.spans for piece in pieces)))
    found.bytes_read = sum(piece.bytes_read for piece in pieces)
    return found
