"""Which window and bucket spans belong to: a trace lies whole in one, so that what is counted there adds up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from auditor.index.hours import EARLIEST, HOUR, LATEST, UNDATED
from auditor.telemetry.columns import Column, Ints

BUCKETS = 8
_MOST_WINDOWS = 1_000  # of one chunk: spans with absurd times must not make a folder each

Homes = Callable[[Sequence[int], Sequence[int]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Spans that belong together."""

    window: int
    bucket: int
    spans: pa.Table


def trace_key(trace_id: str) -> int:
    """A trace's key in the index: 64 bits of a hash, signed. Traces that share one would only share a window."""
    return int.from_bytes(hashlib.blake2b(trace_id.encode(), digest_size=8).digest(), "big", signed=True)


def place(spans: pa.Table, homes: Homes) -> Iterator[Placed]:
    """Split spans by window and bucket.

    `homes` is asked for the windows of traces: given their keys and the hours in which they begin here, it answers
    with those hours, or with the window that a trace has had before.
    """
    traces: Column = spans["trace_id"].combine_chunks().fill_null("").dictionary_encode()
    trace = traces.indices.to_numpy()
    keys = np.fromiter(map(trace_key, traces.dictionary.to_pylist()), np.int64, len(traces.dictionary))
    starts = spans["start_ns"].to_numpy()
    windows = np.asarray(homes(keys.tolist(), _hours(trace, starts, len(keys)).tolist()), np.int64)
    window, bucket = windows[trace], (keys % BUCKETS)[trace]
    order = np.lexsort((trace, bucket, window))
    spans, window, bucket = spans.take(order), window[order], bucket[order]
    borders = np.flatnonzero(np.diff(window) | np.diff(bucket)) + 1
    for start, end in zip([0, *borders], [*borders, len(order)], strict=True):
        yield Placed(int(window[start]), int(bucket[start]), spans.slice(start, end - start))


def _hours(trace: Ints, starts: Ints, count: int) -> Ints:
    """The hour of each trace's earliest span; UNDATED where it cannot be true, or where there are too many hours."""
    first = np.full(count, LATEST, np.int64)
    np.minimum.at(first, trace, starts)
    hours = np.where((first < EARLIEST) | (first >= LATEST), UNDATED, first - first % HOUR)
    found, traces = np.unique(hours, return_counts=True)
    if len(found) > _MOST_WINDOWS:
        fullest = found[np.argsort(-traces, kind="stable")[:_MOST_WINDOWS]]
        hours = np.where(np.isin(hours, fullest), hours, UNDATED)
    return hours
