"""The kernel: whole traces in, what they count out. Ids and times are whole numbers, and rows hold all texts.

DuckDB finds parents and counts; the trees of spans are walked in between (`tree.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from auditor.engine.counted import model_of, table
from auditor.engine.measures import with_measures
from auditor.engine.traces import Traces
from auditor.engine.tree import NONE, Facts, Tree, contexts, first_callers
from auditor.telemetry.columns import Column, Flags, Ints, pc
from lineage.merge import total
from lineage.system import SystemModel

_FACTS = """
SELECT dense_rank() OVER (ORDER BY service) AS service, kind = 'server' AS is_server, kind = 'consumer' AS is_consumer,
    kind IN ('client', 'producer') AS is_caller, is_access,
    CASE WHEN statement_id IS NULL THEN -1 ELSE dense_rank() OVER (ORDER BY statement_id) END AS statement
FROM rows ORDER BY row
"""
_WORK = """
CREATE TABLE work_number AS
SELECT row, (dense_rank() OVER (ORDER BY service, task) - 1)::INTEGER AS number FROM rows ORDER BY row
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What DuckDB may take: threads, and bytes of memory (None: its own defaults); beyond, it uses `folder`."""

    folder: Path
    threads: int | None = None
    memory: int | None = None


def count_traces(spans: pa.Table, links: pa.Table, rows: pa.Table, limits: Limits) -> SystemModel:
    """Count whole traces (SPAN) into a model, under the names that spans give.

    `links` (LINK) are those *to* the spans, from wherever. Of `rows` (ROW) there may be more than are needed, and some
    several times. Raises ValueError when some are missing.
    """
    if not spans.num_rows:
        return SystemModel()
    rows = _needed(rows, spans, links)
    traces = Traces.of(_ints(spans["trace_high"]), _ints(spans["trace_low"]))
    with _database(limits) as database:
        _register(database, "given", rows.set_column(0, "row", _array(np.arange(rows.num_rows))))
        _register(database, "link", _with_rows(links, "from_row", rows))
        _register(database, "trace", traces.table())
        span = _with_rows(spans, "row", rows).drop_columns(["trace_high", "trace_low"])
        span = span.append_column("trace_id", _array(traces.number))
        span = span.append_column("sid", _array(np.arange(len(span))))
        _register(database, "span", span)
        _run(database, "spans.sql", "rows.sql")
        _place(database, span)
        _run(database, "steps.sql", "counts.sql", "explorer.sql")
        return total([with_measures(model_of(database, len(traces), traces.id), partial(table, database))])


def _place(database: duckdb.DuckDBPyConnection, span: pa.Table) -> None:
    """Register `placed`, the spans with their places in the trees, each once; and the tree of contexts."""
    found = database.sql("FROM parent").fetchnumpy()
    parent = np.full(len(span), NONE, np.int64)
    parent[found["sid"]] = found["parent_sid"]
    tree = Tree(parent, _ints(span["row"]), Facts(**database.sql(_FACTS).fetchnumpy()))
    single = np.ones(len(span), np.bool_)
    single[database.sql("FROM surplus").fetchnumpy()["sid"]] = False
    entry = tree.entries()
    handler = tree.handlers(entry)
    tree = _better_named(database, tree, handler, entry, single)
    database.execute(_WORK)
    work = database.sql("SELECT number FROM work_number ORDER BY row").fetchnumpy()["number"][tree.row][handler]
    caller = tree.of_parent(handler, NONE)
    found_contexts = contexts(np.flatnonzero((handler == np.arange(len(handler))) & single), caller, work)
    root = np.where(found_contexts.of >= 0, first_callers(caller), NONE)
    start, end = _ints(span["start_ns"]), _ints(span["end_ns"])
    # The caller's own clock where it has a span of the call; else the callee's is all there is.
    told = tree.facts.is_caller[tree.row[parent]] & (parent >= 0)
    columns = {
        "parent_sid": _array(parent, parent < 0),
        "row": _array(tree.row),
        "parent_row": _array(tree.of_parent(tree.row, NONE)),
        "handler": _array(handler),
        "caller": _array(caller, caller < 0),
        "work": _array(work),
        "caller_work": _array(tree.of_parent(work, NONE)),
        "context": _array(found_contexts.of[handler]),
        "root": _array(root, root < 0),
        "sent_ns": pa.array(np.where(told, start[parent], start)),
        "answered_ns": pa.array(np.where(told, end[parent], end)),
        "is_entry": pa.array(entry),
        "is_answered": pa.array(tree.answered(entry)),
        "is_wrapper": pa.array(tree.wrappers(entry)),
        "is_orphan": pa.array((parent < 0) & span["parent_id"].is_valid().to_numpy()),
    }
    kept = ("sid", "trace_id", "span_id", "start_ns", "end_ns")
    placed = pa.table({name: span[name] for name in kept} | columns)
    _register(database, "placed", placed if single.all() else placed.filter(pa.array(single)))
    numbers = {"parent": _array(found_contexts.parent), "work": _array(found_contexts.work)}
    _register(database, "context_tree", pa.table({"context": _array(np.arange(len(found_contexts.parent)))} | numbers))


def _better_named(database: duckdb.DuckDBPyConnection, tree: Tree, handler: Ints, entry: Flags, single: Flags) -> Tree:
    """The tree in which handlings are named by what is inside them; see names.sql."""
    placed = {"sid": np.arange(len(handler)), "row": tree.row, "handler": handler}
    table = pa.table({name: _array(numbers) for name, numbers in placed.items()} | {"is_entry": pa.array(entry)})
    _register(database, "placed", table if single.all() else table.filter(pa.array(single)))
    _run(database, "names.sql")
    renamed = database.sql("FROM renamed").fetchnumpy()
    if not len(renamed["sid"]):
        return tree
    row = tree.row.copy()
    row[renamed["sid"]] = renamed["row"]
    return replace(tree, row=row, facts=Facts(**database.sql(_FACTS).fetchnumpy()))


@contextmanager
def _database(limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    config: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(limits.folder),
    }
    if limits.threads is not None:
        config["threads"] = limits.threads
    if limits.memory is not None:
        config["memory_limit"] = f"{limits.memory}B"
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.execute("SET enable_progress_bar = false")  # it would print into our output
        yield connection
    finally:
        connection.close()


def _register(database: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    database.register(name, table)


def _run(database: duckdb.DuckDBPyConnection, *scripts: str) -> None:
    for script in scripts:
        database.execute(resources.files("auditor.engine").joinpath(script).read_text(encoding="utf-8"))


def _needed(rows: pa.Table, spans: pa.Table, links: pa.Table) -> pa.Table:
    """Each row that spans or links refer to, once, sorted by key."""
    used = np.union1d(_ints(spans["row"].unique()), _ints(links["from_row"].unique()))
    keys, first = np.unique(_ints(rows["row"]), return_index=True)
    return rows.take(first[np.isin(keys, used)]).combine_chunks()


def _with_rows(table: pa.Table, column: str, rows: pa.Table) -> pa.Table:
    """The table with rows' places in `rows` instead of their keys."""
    places = pc.index_in(table[column], value_set=rows["row"].combine_chunks())
    if places.null_count:
        raise ValueError(f"{places.null_count} rows of spans are missing")
    return table.set_column(table.schema.get_field_index(column), column, places)


def _ints(column: Column) -> Ints:
    numbers: Ints = column.to_numpy()
    return numbers


def _array(numbers: Ints, missing: Flags | None = None) -> Column:
    """Numbers of spans, rows and the like: there are fewer than 2**31."""
    return pa.array(numbers.astype(np.int32), mask=missing)
