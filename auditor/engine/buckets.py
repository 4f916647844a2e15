"""Spans divided by their traces into buckets, so that each bucket can be counted by itself.

A trace lies whole in one bucket, and a link in that of the span it leads to. What is gathered goes to files of Arrow
columns; the files of all readers together hold a bucket.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from auditor.errors import InputError
from auditor.telemetry.columns import Ints
from auditor.telemetry.shelf import Shelf
from auditor.telemetry.spans import LINK, SPAN, SpanBatch

BUCKETS = 256
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 by the golden ratio: spreads the bits of what it multiplies
_OPTIONS = pyarrow.ipc.IpcWriteOptions(compression="lz4")
_MOST = 500_000  # spans that are gathered before they are written


@dataclass(frozen=True, slots=True)
class Part:
    """Two files of spans and links, each with a record batch for every bucket; `sizes` are the spans in each."""

    spans: Path
    links: Path
    sizes: tuple[int, ...]


class Gathered:
    """Span batches as they come: in memory while they are few, then in files of a folder. Rows stay in memory."""

    def __init__(self, folder: Path, name: str, most: int = _MOST) -> None:
        self._folder, self._name, self._most = folder, name, most
        self._spans: list[pa.RecordBatch] = []
        self._links: list[pa.RecordBatch] = []
        self._rows = Shelf()
        self._count = 0
        self.parts: list[Part] = []

    def add(self, batch: SpanBatch) -> None:
        """Take a batch."""
        self._spans.append(batch.spans)
        if batch.links.num_rows:
            self._links.append(batch.links)
        self._rows.put(batch.rows)
        self._count += batch.num_rows
        if self._count >= self._most:
            self.write()

    def write(self) -> None:
        """Put what is in memory, but for rows, into a part. Raises InputError when there is no room."""
        if not self._spans:
            return
        spans, links = self.spans(), self.links()
        self._spans, self._links, self._count = [], [], 0
        name = f"{self._name}-{len(self.parts)}"
        paths = self._folder / f"{name}.spans", self._folder / f"{name}.links"
        try:
            sizes = _write(paths[0], spans)
            _write(paths[1], links)
        except OSError as error:
            raise InputError(
                f"{self._folder}: temporary files cannot be written ({error.strerror or 'no room'}); name a folder "
                "with more room in the variable TMPDIR"
            ) from None
        self.parts.append(Part(*paths, sizes))

    def spans(self) -> pa.Table:
        """The spans in memory."""
        return pa.Table.from_batches(self._spans, SPAN)

    def links(self) -> pa.Table:
        """The links in memory."""
        return pa.Table.from_batches(self._links, LINK)

    def rows(self) -> pa.Table:
        """All rows."""
        return self._rows.table


def bucket_of(high: Ints, low: Ints, bits: int = 8) -> Ints:
    """The bucket of traces, one of 2 ** `bits`, given the halves of their ids: the same everywhere."""
    mixed = (high.view(np.uint64) * _ODD ^ low.view(np.uint64)) * _ODD
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)


def _write(path: Path, table: pa.Table) -> tuple[int, ...]:
    """A record batch for every bucket; returns their sizes."""
    buckets = bucket_of(table["trace_high"].to_numpy(), table["trace_low"].to_numpy())
    ordered = table.take(np.argsort(buckets, kind="stable")).combine_chunks()
    sizes = np.bincount(buckets, minlength=BUCKETS)
    ends = np.cumsum(sizes)
    with pyarrow.ipc.new_file(str(path), table.schema, options=_OPTIONS) as writer:
        for end, size in zip(ends.tolist(), sizes.tolist(), strict=True):
            part = ordered.slice(end - size, size).to_batches()
            writer.write_batch(part[0] if part else pa.RecordBatch.from_pylist([], table.schema))
    return tuple(sizes.tolist())


def groups(parts: Sequence[Part], jobs: int = 1, most: int = _MOST) -> list[range]:
    """Neighbouring buckets taken together: no more than about `most` spans in each, shared out evenly among `jobs`."""
    sizes = np.sum([part.sizes for part in parts], axis=0) if parts else np.zeros(BUCKETS, np.int64)
    spans = int(sizes.sum())
    number = -(-spans // (most * jobs)) * jobs
    wanted = [spans * group // number for group in range(1, number)]
    ends = [0, *(np.searchsorted(np.cumsum(sizes), wanted) + 1).tolist(), BUCKETS]
    return [range(begin, end) for begin, end in pairwise(dict.fromkeys(ends))]


def read_buckets(paths: Iterable[Path], buckets: range, schema: pa.Schema) -> pa.Table:
    """What files hold of some buckets."""
    return pa.Table.from_batches([batch for path in paths for batch in _batches(path, buckets)], schema)


def _batches(path: Path, buckets: range) -> Iterator[pa.RecordBatch]:
    with pa.OSFile(str(path), "rb") as file:
        reader = pyarrow.ipc.open_file(file)
        for bucket in buckets:
            yield reader.get_batch(bucket)
