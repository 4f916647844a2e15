"""All that the intake knows of the batches that readers yield: their items' keys, and how they lie in the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from auditor.intake.hashing import Hasher
from auditor.intake.seen import Keys, Mask, as_keys
from auditor.telemetry.columns import Column
from auditor.telemetry.shelf import one_batch
from auditor.telemetry.spans import SpanBatch

_SPAN_KEY = ("trace_high", "trace_low", "span_id", "row")
_LINK_KEY = ("from_trace_high", "from_trace_low", "from_span_id", "from_row")
_OPTIONS = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1), use_threads=False)


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
    return SpanBatch(*(one_batch(pa.ipc.open_stream(source).read_all()) for _ in range(3)))


def _keys(items: pa.RecordBatch, names: Sequence[str], hasher: Hasher) -> Keys:
    return as_keys(hasher.mixed([_bits(items.column(name)) for name in names]))


def _bits(column: Column) -> Any:
    return column.to_numpy(zero_copy_only=False).view(np.uint64)
