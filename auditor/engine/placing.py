"""Spans given their places in the trees: parent, handling, caller, context; from what spans.sql and rows.sql made."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources

import duckdb
import numpy as np
import pyarrow as pa

from auditor.engine.tree import NONE, Facts, Tree, contexts, first_callers
from auditor.telemetry.columns import Column, Flags, Ints

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


def place(database: duckdb.DuckDBPyConnection, span: pa.Table) -> None:
    """Register `placed`, the spans with their places in the trees, each once; and the tree of contexts."""
    found = database.sql("FROM parent").fetchnumpy()
    parent = np.full(len(span), NONE, np.int64)
    parent[found["sid"]] = found["parent_sid"]
    tree = Tree(parent, ints(span["row"]), Facts(**database.sql(_FACTS).fetchnumpy()))
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
    start, end = ints(span["start_ns"]), ints(span["end_ns"])
    # The caller's own clock where it has a span of the call; else the callee's is all there is.
    told = tree.facts.is_caller[tree.row[parent]] & (parent >= 0)
    columns = {
        "parent_sid": numbers(parent, parent < 0),
        "row": numbers(tree.row),
        "parent_row": numbers(tree.of_parent(tree.row, NONE)),
        "handler": numbers(handler),
        "caller": numbers(caller, caller < 0),
        "work": numbers(work),
        "caller_work": numbers(tree.of_parent(work, NONE)),
        "context": numbers(found_contexts.of[handler]),
        "root": numbers(root, root < 0),
        "root_work": numbers(work[root], root < 0),
        "sent_ns": pa.array(np.where(told, start[parent], start)),
        "answered_ns": pa.array(np.where(told, end[parent], end)),
        "is_entry": pa.array(entry),
        "is_answered": pa.array(tree.answered(entry)),
        "is_wrapper": pa.array(tree.wrappers(entry)),
        "is_orphan": pa.array((parent < 0) & span["parent_id"].is_valid().to_numpy()),
    }
    kept = ("sid", "trace_id", "span_id", "start_ns", "end_ns")
    placed = pa.table({name: span[name] for name in kept} | columns)
    database.register("placed", placed if single.all() else placed.filter(pa.array(single)))
    above = {"parent": numbers(found_contexts.parent), "work": numbers(found_contexts.work)}
    database.register("context_tree", pa.table({"context": numbers(np.arange(len(found_contexts.parent)))} | above))


def _better_named(database: duckdb.DuckDBPyConnection, tree: Tree, handler: Ints, entry: Flags, single: Flags) -> Tree:
    """The tree in which handlings are named by what is inside them; see names.sql."""
    placed = {"sid": np.arange(len(handler)), "row": tree.row, "handler": handler}
    table = pa.table({name: numbers(column) for name, column in placed.items()} | {"is_entry": pa.array(entry)})
    database.register("placed", table if single.all() else table.filter(pa.array(single)))
    run(database, "names.sql")
    renamed = database.sql("FROM renamed").fetchnumpy()
    if not len(renamed["sid"]):
        return tree
    row = tree.row.copy()
    row[renamed["sid"]] = renamed["row"]
    return replace(tree, row=row, facts=Facts(**database.sql(_FACTS).fetchnumpy()))


def run(database: duckdb.DuckDBPyConnection, *scripts: str) -> None:
    """Run SQL scripts of this package."""
    for script in scripts:
        database.execute(resources.files("auditor.engine").joinpath(script).read_text(encoding="utf-8"))


def ints(column: Column) -> Ints:
    """A column without nulls as numbers."""
    found: Ints = column.to_numpy()
    return found


def numbers(of: Ints, missing: Flags | None = None) -> Column:
    """A column of numbers of spans, rows and the like: there are fewer than 2**31."""
    return pa.array(of.astype(np.int32), mask=missing)
