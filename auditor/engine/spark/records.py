"""What tasks hand to one another through Spark: rows of four columns, of which the last is opaque to it.

Kinds are `spans`, `links` and `rows` (one record batch each, see `telemetry.spans`), `note` (a `Note`) and `model`
(see `index.models`). All is redacted: Spark may write it to disk and send it over the network.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from auditor.telemetry.pieces import PieceReport
from auditor.telemetry.report import ReadReport

SPANS, LINKS, ROWS, NOTE, MODEL = "spans", "links", "rows", "note", "model"
_COLUMNS: list[tuple[str, pa.DataType]] = [
    ("task", pa.int32()),
    ("kind", pa.string()),
    ("bucket", pa.int32()),
    ("data", pa.binary()),
]
SCHEMA = pa.schema(_COLUMNS)
SPARK_SCHEMA = "task int, kind string, bucket int, data binary"
_MOST = 16 << 20  # bytes in one batch of records, about


class Record(NamedTuple):
    """One row. `bucket` groups what is needed together."""

    task: int
    kind: str
    bucket: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an input could not be read, in words for a user, without input."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """What came of reading something: a report, the SHA-256 of a file that was cut into pieces, or a failure.

    `source` is the place of the file among all inputs, `place` that of the piece in the file.
    """

    source: int
    place: int
    told: ReadReport | PieceReport | str | Failure


def note(task: int, bucket: int, written: Note) -> Record:
    """A note as a record."""
    return Record(task, NOTE, bucket, pickle.dumps(written))


def noted(data: bytes) -> Note:
    """The note in a record that a task of ours made."""
    found = pickle.loads(data)  # noqa: S301 (Spark itself passes code so: who can forge one can run anything)
    assert isinstance(found, Note)
    return found


def batches_of(records: Iterable[Record]) -> Iterator[pa.RecordBatch]:
    """Records as Arrow batches."""
    gathered: list[Record] = []
    size = 0
    for record in records:
        gathered.append(record)
        size += len(record.data)
        if size >= _MOST:
            yield _batch(gathered)
            gathered, size = [], 0
    if gathered:
        yield _batch(gathered)


def records_of(batches: Iterable[pa.RecordBatch]) -> Iterator[Record]:
    """The records again."""
    for batch in batches:
        yield from map(Record, *(column.to_pylist() for column in batch.columns))


def _batch(records: list[Record]) -> pa.RecordBatch:
    columns = zip(*records, strict=True)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, SCHEMA.types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)
