"""Rows kept by their keys: a reader yields each once, but whoever passes spans on must bring all rows of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from auditor.telemetry.spans import LINK, ROW, SPAN, SpanBatch

_MOST_CHUNKS = 32


class Shelf:
    """Rows (`ROW`), each once."""

    def __init__(self) -> None:
        self.table = ROW.empty_table()
        self._places: dict[int, int] = {}

    def put(self, rows: pa.RecordBatch) -> None:
        """Keep rows that are not there yet."""
        keys: list[int] = rows["row"].to_numpy().tolist()
        new = [place for place, key in enumerate(keys) if self._is_new(key)]
        if new:
            kept = rows if len(new) == rows.num_rows else rows.take(pa.array(new))
            self.table = pa.concat_tables([self.table, pa.Table.from_batches([kept])])
            if self.table.column(0).num_chunks > _MOST_CHUNKS:
                self.table = self.table.combine_chunks()

    def _is_new(self, key: int) -> bool:
        """Whether a key has no place yet; it is given the next."""
        before = len(self._places)
        return self._places.setdefault(key, before) == before

    def take(self, keys: Sequence[int]) -> pa.RecordBatch:
        """The rows of these keys."""
        return one_batch(self.table.take(pa.array([self._places[key] for key in keys], pa.int64())))

    def __len__(self) -> int:
        return len(self._places)


def joined(batches: Iterable[SpanBatch], shelf: Shelf) -> SpanBatch:
    """Batches as one that holds the rows of all its spans and of those that its links come from."""
    batches = list(batches)
    for batch in batches:
        shelf.put(batch.rows)
    spans = one_batch(pa.Table.from_batches([batch.spans for batch in batches], SPAN))
    links = one_batch(pa.Table.from_batches([batch.links for batch in batches], LINK))
    keys = np.union1d(spans["row"].to_numpy(), links["from_row"].to_numpy())
    return SpanBatch(spans, links, shelf.take(keys.tolist()))


def one_batch(table: pa.Table) -> pa.RecordBatch:
    """A table as one batch, also when it is empty."""
    arrays = [column.combine_chunks() for column in table.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)
