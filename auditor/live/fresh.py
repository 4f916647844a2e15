"""What traces count that came in since the index was counted: a trace is counted once it has been quiet for a while.

Counting whole hours again for every second of telemetry would never end. So traces are counted once, in memory; and
now and then the index counts the hours that have changed, and what was counted here is dropped. What came late, and
was counted apart from its trace, comes right then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from auditor.engine.kernel import Limits, count_traces
from auditor.index.hours import EARLIEST, LATEST
from auditor.index.placing import trace_keys
from auditor.live.pace import QUIET
from auditor.live.parts import Part, Parts
from auditor.live.waiting import Arrived
from auditor.operation.itself import SERVICE
from auditor.telemetry.columns import Flags, Ints, pc
from auditor.telemetry.spans import LINK, ROW, SPAN
from lineage.system import SystemModel

_LONGEST = 12  # times as long a trace may go on before it is counted all the same
_MOST_ROWS = 1 << 17  # kept in memory; rows come again with the spans that need them


@dataclass(frozen=True, slots=True)
class Pending:
    """Spans of traces that are not counted yet, with the entry that brought each, and when (in milliseconds)."""

    spans: pa.Table
    links: pa.Table
    entry: Ints
    at: Ints

    def only(self, which: Flags) -> Pending:
        """Some of the spans, with the links that lead to them or come from them."""
        spans = self.spans.filter(pa.array(which))
        return Pending(spans, _links_of(self.links, spans), self.entry[which], self.at[which])


_NONE = Pending(SPAN.empty_table(), LINK.empty_table(), np.zeros(0, np.int64), np.zeros(0, np.int64))


class Fresh:
    """Models of the traces that came since. Not safe for threads."""

    def __init__(self, limits: Limits, quiet: float = QUIET) -> None:
        self._limits, self._quiet = limits, quiet
        self._rows = ROW.empty_table()
        self._pending = _NONE
        self._parts = Parts()
        self._covered = 0

    @property
    def waiting(self) -> int:
        """Spans that are not counted yet."""
        return int(self._pending.spans.num_rows)

    @property
    def oldest(self) -> float | None:
        """When the oldest of these was received."""
        return int(self._pending.at.min()) / 1000 if self.waiting else None

    def take(self, arrived: Iterable[Arrived]) -> None:
        """Take in spans; the rows that they need come with them."""
        found = list(arrived)
        if not found:
            return
        sizes = [each.batch.num_rows for each in found]
        before = self._pending
        self._rows = _distinct([self._rows, *(pa.Table.from_batches([each.batch.rows], ROW) for each in found)])
        self._pending = Pending(
            pa.concat_tables([before.spans, pa.Table.from_batches([each.batch.spans for each in found], SPAN)]),
            pa.concat_tables([before.links, pa.Table.from_batches([each.batch.links for each in found], LINK)]),
            np.concatenate((before.entry, np.repeat(np.array([each.entry for each in found], np.int64), sizes))),
            np.concatenate((before.at, np.repeat(np.array([int(each.at * 1000) for each in found], np.int64), sizes))),
        )

    def settle(self, now: float, moved: int, since: int = EARLIEST) -> bool:
        """Count the traces that have been quiet for long enough, or have gone on for too long. Whether there were any
        of others than the auditor itself, whose traces of audits must not lead to audits.

        `now` is in seconds since the epoch; entries up to `moved` are in the index. Traces that begin before `since`
        (nanoseconds) are left out, but not those without a time that can be true.
        """
        pending = self._pending
        if not self.waiting:
            return False
        keys, trace = np.unique(trace_keys(pending.spans), return_inverse=True)
        quiet = int(self._quiet * 1000)
        last, first = _largest(pending.at, trace, len(keys)), -_largest(-pending.at, trace, len(keys))
        is_due = (last <= now * 1000 - quiet) | (first <= now * 1000 - _LONGEST * quiet)
        if not is_due.any():
            return False
        self._pending = pending.only(~is_due[trace])  # first: what cannot be counted now, the index will count
        newest = _largest(pending.entry, trace, len(keys))
        begun = -_largest(-pending.spans["start_ns"].to_numpy(), trace, len(keys))
        is_old = (begun >= EARLIEST) & (begun < min(since, LATEST))
        counts = is_due & (newest > self._covered) & ~is_old
        is_news = False
        if counts.any():
            spans = pending.spans.filter(pa.array(counts[trace]))
            model = count_traces(spans, pending.links, self._rows, self._limits)
            self._parts.add(Part(model, int(newest[counts].max())), moved)
            is_news = any(service.name != SERVICE for service in model.services)
        if self._rows.num_rows > _MOST_ROWS:
            self._rows = _needed(self._rows, self._pending)
        return is_news

    def models(self) -> Iterator[SystemModel]:
        """What was counted, in parts that add up."""
        return self._parts.models()

    def forget(self, entry: int) -> None:
        """The index has counted what came up to this entry."""
        self._covered = entry
        self._parts.forget(entry)


def _largest(values: Ints, group: Ints, count: int) -> Ints:
    """The largest value of each group."""
    found = np.full(count, np.iinfo(np.int64).min, np.int64)
    np.maximum.at(found, group, values)
    return found


def _links_of(links: pa.Table, spans: pa.Table) -> pa.Table:
    """The links that lead to these spans or come from them. Half of an id tells enough: one too many leads nowhere."""
    wanted = spans["trace_low"].combine_chunks()
    return links.filter(
        pc.or_(pc.is_in(links["trace_low"], value_set=wanted), pc.is_in(links["from_trace_low"], value_set=wanted))
    )


def _distinct(tables: list[pa.Table]) -> pa.Table:
    rows = pa.concat_tables(tables)
    _, first = np.unique(rows["row"].to_numpy(), return_index=True)
    return rows.take(first).combine_chunks()


def _needed(rows: pa.Table, pending: Pending) -> pa.Table:
    used = pa.concat_arrays([*pending.spans["row"].chunks, *pending.links["from_row"].chunks])
    return rows.filter(pc.is_in(rows["row"], value_set=used))
