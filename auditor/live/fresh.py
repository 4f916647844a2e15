"""What traces count that came in since the index was counted: a trace is counted once it has been quiet for a while.

Counting whole hours again for every second of telemetry would never end. So traces are counted once, in memory, and
the hour as a whole when it is over: what came late, and was counted apart here, comes right then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from auditor.engine.kernel import Limits, count_traces
from auditor.index.placing import hours_of
from auditor.telemetry.columns import Flags, Ints, pc
from auditor.telemetry.spans import LINK, ROW, SPAN, SpanBatch
from lineage.merge import total
from lineage.system import SystemModel

QUIET = 5.0  # seconds without a span, after which a trace is taken to be complete
_TRACE = ["trace_high", "trace_low"]
_MOST_ROWS = 1 << 17  # kept in memory; rows come again with the spans that need them


@dataclass(frozen=True, slots=True)
class Pending:
    """Spans of traces that are not quiet yet, with the time at which each arrived."""

    spans: pa.Table
    links: pa.Table
    arrived: Ints  # milliseconds since the epoch


class Fresh:
    """Models of the traces that came since, by the hour in which they begin. Not safe for threads."""

    def __init__(self, limits: Limits, quiet: float = QUIET) -> None:
        self._limits, self._quiet = limits, quiet
        self._rows = ROW.empty_table()
        self._pending = Pending(SPAN.empty_table(), LINK.empty_table(), np.zeros(0, np.int64))
        self._models: dict[int, SystemModel] = {}

    @property
    def waiting(self) -> int:
        """Spans that are not counted yet."""
        return int(self._pending.spans.num_rows)

    @property
    def oldest(self) -> float | None:
        """When the oldest of these arrived."""
        arrived = self._pending.arrived
        return int(arrived.min()) / 1000 if len(arrived) else None

    def take(self, batches: Sequence[SpanBatch], now: float) -> None:
        """Take in spans that arrived at `now` (seconds since the epoch); their rows come with them."""
        if not batches:
            return
        spans = pa.Table.from_batches([batch.spans for batch in batches], SPAN)
        links = pa.Table.from_batches([batch.links for batch in batches], LINK)
        self._rows = _united([self._rows, *(pa.Table.from_batches([batch.rows], ROW) for batch in batches)])
        self._pending = Pending(
            pa.concat_tables([self._pending.spans, spans]),
            pa.concat_tables([self._pending.links, links]),
            np.concatenate((self._pending.arrived, np.full(spans.num_rows, int(now * 1000), np.int64))),
        )

    def settle(self, now: float) -> bool:
        """Count the traces that have been quiet for long enough. Whether there were any."""
        pending = self._pending
        if not len(pending.arrived):
            return False
        trace = _numbered(pending.spans)
        last = np.zeros(int(trace.max()) + 1, np.int64)
        np.maximum.at(last, trace, pending.arrived)
        is_quiet = (last <= int((now - self._quiet) * 1000))[trace]
        if not is_quiet.any():
            return False
        settled, rest = pending.spans.filter(pa.array(is_quiet)), pending.spans.filter(pa.array(~is_quiet))
        begun = hours_of(trace[is_quiet], settled["start_ns"].to_numpy(), len(last))[trace[is_quiet]]
        for hour in np.unique(begun).tolist():
            counted = count_traces(settled.filter(pa.array(begun == hour)), pending.links, self._rows, self._limits)
            self._models[hour] = total([self._models.get(hour, SystemModel()), counted])
        self._pending = Pending(rest, _links_to(pending.links, rest), pending.arrived[~is_quiet])
        if self._rows.num_rows > _MOST_ROWS:
            self._rows = _needed(self._rows, self._pending)
        return True

    def models(self) -> Iterable[SystemModel]:
        """What was counted, in parts that add up."""
        return self._models.values()

    def forget(self, hours: Iterable[int]) -> None:
        """Hours that were counted as a whole."""
        for hour in hours:
            self._models.pop(hour, None)


def _numbered(spans: pa.Table) -> Ints:
    """For each span the number of its trace."""
    high, low = (spans[name].to_numpy() for name in _TRACE)
    mixed = np.stack((high, low), axis=1)
    return np.unique(mixed, axis=0, return_inverse=True)[1].reshape(-1)


def _links_to(links: pa.Table, spans: pa.Table) -> pa.Table:
    """The links that lead to these spans or come from them: they may be asked for again."""
    kept = _is_in(links, _TRACE, spans) | _is_in(links, ["from_trace_high", "from_trace_low"], spans)
    return links.filter(pa.array(kept))


def _is_in(links: pa.Table, columns: Sequence[str], spans: pa.Table) -> Flags:
    """Half of an id tells enough: a link too many leads nowhere."""
    found: Flags = pc.is_in(links[columns[1]], value_set=spans["trace_low"].combine_chunks()).to_numpy()
    return found


def _united(tables: Sequence[pa.Table]) -> pa.Table:
    rows = pa.concat_tables(tables)
    _, first = np.unique(rows["row"].to_numpy(), return_index=True)
    return rows.take(first).combine_chunks()


def _needed(rows: pa.Table, pending: Pending) -> pa.Table:
    used = pa.concat_arrays([*pending.spans["row"].chunks, *pending.links["from_row"].chunks])
    return rows.filter(pc.is_in(rows["row"], value_set=used))
