"""All that the intake knows of the batches that readers yield: their items' keys, and how they lie in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from auditor.intake.hashing import Hasher
from auditor.intake.seen import Keys, Mask, as_keys
from auditor.telemetry.spans import SPAN

Batch = pa.RecordBatch
_TRACE, _SPAN = 32, 16  # hex digits
_OPTIONS = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1), use_threads=False)


def keys_of(batch: Batch, hasher: Hasher) -> Keys:
    """What a span is known by: its ids; its service and kind too, since the halves of a Zipkin span share their ids."""
    ids = [hasher.texts(batch.column("trace_id"), _TRACE), hasher.texts(batch.column("span_id"), _SPAN)]
    return as_keys(hasher.mixed([*ids, *(hasher.texts(batch.column(name)) for name in ("service", "kind"))]))


def kept(batches: Sequence[Batch], mask: Mask) -> list[Batch]:
    """The rows of batches that `mask`, over all their rows, says."""
    ends = np.cumsum([batch.num_rows for batch in batches])
    parts = zip(batches, np.split(mask, ends[:-1]), strict=True)
    return [batch if part.all() else batch.filter(pa.array(part)) for batch, part in parts if part.any()]


def packed(batches: Iterable[Batch]) -> bytes:
    """Batches as one Arrow IPC stream, compressed."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SPAN, options=_OPTIONS) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def unpacked(data: bytes) -> list[Batch]:
    """The batches again. Raises ValueError (of pyarrow) for bytes that are none."""
    with pa.ipc.open_stream(data) as reader:
        return list(reader)
