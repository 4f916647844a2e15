"""Which window and bucket spans belong to: a trace lies whole in one, so that what is counted there adds up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from auditor.index.hours import EARLIEST, HOUR, LATEST, UNDATED
from auditor.index.segments import Chunk, Kind
from auditor.telemetry.columns import Flags, Ints

_BUCKET_BITS = 3  # eight buckets
_MOST_WINDOWS = 1_000  # of one chunk: spans with absurd times must not make a folder each
_ODD = np.int64(-7046029254386353131)  # 2**64 by the golden ratio: spreads the bits of what it multiplies

Homes = Callable[[Sequence[int], Sequence[int]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Spans, links or rows that belong together."""

    kind: Kind
    window: int
    bucket: int
    table: pa.Table


def trace_keys(table: pa.Table | pa.RecordBatch, prefix: str = "") -> Ints:
    """The keys of traces in the index, given the halves of their ids. Those that share one only share their window."""
    high, low = (table[f"{prefix}{half}"].to_numpy() for half in ("trace_high", "trace_low"))
    keys: Ints = high ^ (low * _ODD)
    return keys


def place(chunk: Chunk, homes: Homes) -> Iterator[Placed]:
    """Split a chunk by window; its spans by bucket, too. Links lie where the span does that links.

    `homes` is asked for the windows of traces: given their keys and the hours in which they begin here, it answers
    with those hours, or with the window that a trace has had before. Raises ValueError when rows are missing.
    """
    own = trace_keys(chunk.spans)
    keys, trace = np.unique(np.concatenate((own, trace_keys(chunk.links, "from_"))), return_inverse=True)
    hours = hours_of(trace[: len(own)], chunk.spans["start_ns"].to_numpy(), len(keys))
    window = np.asarray(homes(keys.tolist(), hours.tolist()), np.int64)[trace]
    of_span, of_link = window[: len(own)], window[len(own) :]
    bucket = (own >> (64 - _BUCKET_BITS)) & ((1 << _BUCKET_BITS) - 1)
    yield from _split("spans", chunk.spans, of_span, bucket)
    yield from _split("links", chunk.links, of_link, np.zeros_like(of_link))
    row = np.concatenate((chunk.spans["row"].to_numpy(), chunk.links["from_row"].to_numpy()))
    order = np.lexsort((row, window))
    once = order[_changes(window[order], row[order])]
    places = np.searchsorted(chunk.rows["row"].to_numpy(), row[once])
    rows = chunk.rows.take(np.minimum(places, chunk.rows.num_rows - 1)) if chunk.rows.num_rows else chunk.rows
    if not np.array_equal(rows["row"].to_numpy(), row[once]):
        raise ValueError("rows of spans are missing")
    yield from _split("rows", rows, window[once], np.zeros_like(once))


def _split(kind: Kind, table: pa.Table, window: Ints, bucket: Ints) -> Iterator[Placed]:
    order = np.lexsort((bucket, window))
    table, window, bucket = table.take(order), window[order], bucket[order]
    starts: list[int] = np.flatnonzero(_changes(window, bucket)).tolist()
    for start, end in pairwise([*starts, len(order)]):
        yield Placed(kind, int(window[start]), int(bucket[start]), table.slice(start, end - start))


def _changes(first: Ints, second: Ints) -> Flags:
    """Where either of two sorted columns is not what it was."""
    changed = np.ones(len(first), np.bool_)
    changed[1:] = (np.diff(first) != 0) | (np.diff(second) != 0)
    return changed


def hours_of(trace: Ints, starts: Ints, count: int) -> Ints:
    """The hour of each trace's earliest span; UNDATED where it cannot be true, or where there are too many hours."""
    first = np.full(count, LATEST, np.int64)
    np.minimum.at(first, trace, starts)
    hours = np.where((first < EARLIEST) | (first >= LATEST), UNDATED, first - first % HOUR)
    found, traces = np.unique(hours, return_counts=True)
    if len(found) > _MOST_WINDOWS:
        fullest = found[np.argsort(-traces, kind="stable")[:_MOST_WINDOWS]]
        hours = np.where(np.isin(hours, fullest), hours, UNDATED)
    return hours
