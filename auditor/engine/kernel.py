"""The kernel: whole traces in, what they count out. Ids and times are whole numbers, and rows hold all texts.

DuckDB finds parents and counts; the trees of spans are walked in between (`tree.py`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from auditor.engine.counted import model_of, table
from auditor.engine.measures import with_measures
from auditor.engine.placing import ints, numbers, place, run
from auditor.engine.traces import Traces
from auditor.errors import InputError
from auditor.telemetry.columns import pc
from lineage.merge import total
from lineage.system import SystemModel


@dataclass(frozen=True, slots=True)
class Limits:
    """What DuckDB may take: threads and bytes of memory; beyond, it uses `folder`. None: what is usual here."""

    folder: Path | None = None
    threads: int | None = None
    memory: int | None = None


_USUAL = Limits()


def count_traces(spans: pa.Table, links: pa.Table, rows: pa.Table, limits: Limits = _USUAL) -> SystemModel:
    """Count whole traces (SPAN) into a model, under the names that spans give.

    `links` (LINK) are those *to* the spans, from wherever. Of `rows` (ROW) there may be more than are needed, and some
    several times. Raises ValueError when some are missing, InputError for want of memory.
    """
    if not spans.num_rows:
        return SystemModel()
    rows = _needed(rows, spans, links)
    traces = Traces.of(ints(spans["trace_high"]), ints(spans["trace_low"]))
    with _database(limits) as database:
        database.register("given", rows.set_column(0, "row", numbers(np.arange(rows.num_rows))))
        database.register("link", _with_rows(links, "from_row", rows))
        database.register("trace", traces.table())
        span = _with_rows(spans, "row", rows).drop_columns(["trace_high", "trace_low"])
        span = span.append_column("trace_id", numbers(traces.number))
        span = span.append_column("sid", numbers(np.arange(len(span))))
        database.register("span", span)
        run(database, "spans.sql", "rows.sql")
        place(database, span)
        run(database, "steps.sql", "counts.sql", "explorer.sql")
        return total([with_measures(model_of(database, len(traces), traces.id), partial(table, database))])


@contextmanager
def _database(limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    config: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(limits.folder or tempfile.gettempdir()),
    }
    if limits.threads is not None:
        config["threads"] = limits.threads
    if limits.memory is not None:
        config["memory_limit"] = f"{limits.memory}B"
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.execute("SET enable_progress_bar = false")  # it would print into our output
        yield connection
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise InputError(
            "there is not enough memory, or room for temporary files, to count the spans; give less at once, or name "
            "a folder with more room in the variable TMPDIR"
        ) from None
    finally:
        connection.close()


def _needed(rows: pa.Table, spans: pa.Table, links: pa.Table) -> pa.Table:
    """Each row that spans or links refer to, once, sorted by key."""
    used = np.union1d(ints(spans["row"].unique()), ints(links["from_row"].unique()))
    keys, first = np.unique(ints(rows["row"]), return_index=True)
    return rows.take(first[np.isin(keys, used)]).combine_chunks()


def _with_rows(table: pa.Table, column: str, rows: pa.Table) -> pa.Table:
    """The table with rows' places in `rows` instead of their keys."""
    places = pc.index_in(table[column], value_set=rows["row"].combine_chunks())
    if places.null_count:
        raise ValueError(f"{places.null_count} rows of spans are missing")
    return table.set_column(table.schema.get_field_index(column), column, places)
