"""All that the intake knows of the batches that readers yield: their items' keys, and how they lie in the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from auditor.intake.hashing import Hasher
from auditor.intake.seen import Keys, Mask, as_keys
from auditor.telemetry.columns import Column
from auditor.telemetry.spans import LINK, ROW, SPAN, SpanBatch

_SPAN_KEY = ("trace_high", "trace_low", "span_id", "row")
_LINK_KEY = ("from_trace_high", "from_trace_low", "from_span_id", "from_row")
_OPTIONS = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1), use_threads=False)
_MOST_CHUNKS = 32


class Shelf:
    """The rows that a reader has yielded. It yields each once, but a commit must hold all rows of its spans."""

    def __init__(self) -> None:
        self._table = ROW.empty_table()
        self._places: dict[int, int] = {}

    def put(self, rows: pa.RecordBatch) -> None:
        """Keep rows (`ROW`)."""
        for place, key in enumerate(_bits(rows.column("row")).view(np.int64).tolist(), start=self._table.num_rows):
            self._places[key] = place
        if rows.num_rows:
            self._table = pa.concat_tables([self._table, pa.Table.from_batches([rows])])
            if self._table.column(0).num_chunks > _MOST_CHUNKS:
                self._table = self._table.combine_chunks()

    def take(self, keys: Sequence[int]) -> pa.RecordBatch:
        """The rows of these keys."""
        return _one(self._table.take(pa.array([self._places[key] for key in keys], pa.int64())))

    def __len__(self) -> int:
        return int(self._table.num_rows)


def joined(batches: Sequence[SpanBatch], shelf: Shelf) -> SpanBatch:
    """Batches as one that holds the rows of all its spans."""
    for batch in batches:
        shelf.put(batch.rows)
    spans = _one(pa.Table.from_batches([batch.spans for batch in batches], SPAN))
    links = _one(pa.Table.from_batches([batch.links for batch in batches], LINK))
    keys = np.unique(_bits(spans.column("row"))).view(np.int64)
    return SpanBatch(spans, links, shelf.take(keys.tolist()))


def keys_of(batch: SpanBatch, hasher: Hasher) -> Keys:
    """What a span is known by: its ids, and its row, since the halves of a Zipkin span share their ids."""
    return _keys(batch.spans, _SPAN_KEY, hasher)


def kept(batch: SpanBatch, mask: Mask, hasher: Hasher) -> SpanBatch:
    """The spans of a batch that `mask` says, with their links; all rows."""
    if mask.all():
        return batch
    keys = keys_of(batch, hasher)[mask]
    links = np.isin(_keys(batch.links, _LINK_KEY, hasher), keys)
    return SpanBatch(batch.spans.filter(pa.array(mask)), batch.links.filter(pa.array(links)), batch.rows)


def packed(batch: SpanBatch) -> bytes:
    """A batch as three Arrow IPC streams, one behind the other, compressed."""
    sink = pa.BufferOutputStream()
    for part in (batch.spans, batch.links, batch.rows):
        with pa.ipc.new_stream(sink, part.schema, options=_OPTIONS) as writer:
            writer.write_batch(part)
    return sink.getvalue().to_pybytes()


def unpacked(data: bytes) -> SpanBatch:
    """The batch again. Raises ValueError or OSError (of pyarrow) for bytes that are none."""
    source = pa.BufferReader(data)
    return SpanBatch(*(_one(pa.ipc.open_stream(source).read_all()) for _ in range(3)))


def _keys(items: pa.RecordBatch, names: Sequence[str], hasher: Hasher) -> Keys:
    return as_keys(hasher.mixed([_bits(items.column(name)) for name in names]))


def _bits(column: Column) -> Any:
    return column.to_numpy(zero_copy_only=False).view(np.uint64)


def _one(table: pa.Table) -> pa.RecordBatch:
    """A table as one batch, also when it is empty."""
    arrays = [column.combine_chunks() for column in table.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)
