"""The local engine: span batches in, system model out, counted by DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from importlib import resources
from typing import Any

import duckdb
import pyarrow as pa

from auditor.engine.measures import with_measures
from auditor.engine.naming import named
from auditor.telemetry.spans import SPAN
from lineage.merge import total
from lineage.model import Leak, Operation, Party, Seen
from lineage.system import (
    Address,
    ChannelLink,
    Context,
    Exchange,
    Key,
    OperationSeen,
    ServiceSeen,
    StatementRun,
    StatementUse,
    StoreWay,
    Succession,
    SystemModel,
    Unseen,
    VersionSeen,
)

Row = dict[str, Any]


def build_model(batches: Iterable[pa.RecordBatch], store_aliases: Mapping[str, str] | None = None) -> SystemModel:
    """Count span batches (schema `SPAN`) into the system model, and name its parts. See `count_spans`."""
    return named(count_spans(batches), store_aliases)


def count_spans(batches: Iterable[pa.RecordBatch]) -> SystemModel:
    """Count span batches (schema `SPAN`) into a system model that others can be added to (`lineage.merge.add`).

    Duplicate spans count once, whatever file they came from. What does not fit in memory, redacted spans only, is put
    into the system's temporary folder and removed at the end.
    """
    with tempfile.TemporaryDirectory(prefix="auditor-") as folder:
        connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "temp_directory": folder,
            },
        )
        try:
            connection.execute("SET enable_progress_bar = false")  # it would print into our output
            _load(connection, batches)
            for step in ("spans.sql", "steps.sql", "counts.sql", "explorer.sql"):
                connection.execute(_sql(step))
            model = with_measures(_model(connection), partial(_table, connection))
            return total([model])  # sorted
        finally:
            connection.close()


def _load(connection: duckdb.DuckDBPyConnection, batches: Iterable[pa.RecordBatch]) -> None:
    """Stream the batches into the table `raw`; what a reader raises arrives as the reader raised it."""
    raised: list[Exception] = []

    def watched() -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except Exception as error:
            raised.append(error)
            raise

    connection.register("stream", pa.RecordBatchReader.from_batches(SPAN, watched()))
    try:
        connection.execute("CREATE TABLE raw AS SELECT * FROM stream")
    except duckdb.Error:
        if raised:
            raise raised[0] from None
        raise
    connection.unregister("stream")


def _sql(name: str) -> str:
    return resources.files("auditor.engine").joinpath(name).read_text(encoding="utf-8")


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Row]:
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description or ()]
    while chunk := cursor.fetchmany(10_000):
        for row in chunk:
            yield dict(zip(columns, row, strict=True))


def _seen(row: Row) -> Seen:
    return Seen(row["calls"], row["errors"], row["first"] or 0, row["last"] or 0, tuple(row["traces"]))


def _table(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[Row]:
    return _rows(connection, f"SELECT * FROM {name}")  # noqa: S608 (our own table names)


def _model(connection: duckdb.DuckDBPyConnection) -> SystemModel:
    table = partial(_table, connection)
    totals = next(
        _rows(
            connection,
            "SELECT (SELECT count(*) FROM raw) AS raw, count(*) AS spans, count(DISTINCT trace_id) AS traces,"
            " min(start_ns) AS first, max(start_ns) AS last, count(weight) AS weighted,"
            " coalesce(sum(round(weight * 1e6)::HUGEINT), 0) AS adjusted FROM span",
        )
    )
    return SystemModel(
        services=tuple(
            ServiceSeen(
                r["service"],
                r["spans"],
                tuple(VersionSeen(v["name"], v["first"] or 0, v["last"] or 0) for v in r["versions"] or ()),
            )
            for r in table("service_count")
        ),
        operations=tuple(
            OperationSeen(Operation(r["service"], r["operation"]), r["kind"], _seen(r))
            for r in table("operation_count")
        ),
        statements=tuple(
            StatementUse(
                r["statement_id"],
                Operation(r["service"], r["operation"]),
                r["store"],
                r["db_system"],
                r["statement"],
                r["verb"],
                r["collection"],
                _seen(r),
            )
            for r in table("statement_count")
        ),
        exchanges=tuple(_exchange(r) for r in table("exchange_count")),
        successions=tuple(
            Succession(Operation(r["service"], r["operation"]), r["before"], r["after"], r["ordered"], r["together"])
            for r in table("succession_count")
        ),
        channel_links=tuple(
            ChannelLink(r["published"], r["consumed"], r["messages"]) for r in table("channel_link_count")
        ),
        contexts=tuple(
            Context(
                tuple(Operation(step["service"], step["operation"]) for step in r["path"]),
                r["calls"],
                tuple(StatementRun(run["statement"], run["store"], run["calls"]) for run in r["statements"]),
            )
            for r in table("context_count")
        ),
        leaks=tuple(Leak(r["service"], r["attribute"], r["category"], r["spans"]) for r in table("leak_count")),
        unseen=tuple(Unseen(r["kind"], r["service"], r["other"], r["n"], r["total"]) for r in table("unseen_count")),
        ways=tuple(
            StoreWay(r["service"], r["db_system"], r["host"], r["port"], r["db_namespace"], r["used"])
            for r in table("way")
        ),
        addresses=tuple(Address(r["host"], r["port"], r["service"]) for r in table("address")),
        spans=totals["spans"],
        duplicates=totals["raw"] - totals["spans"],
        weighted=totals["weighted"],
        adjusted=int(totals["adjusted"]),
        traces=totals["traces"],
        first=totals["first"] or 0,
        last=totals["last"] or 0,
    )


def _exchange(row: Row) -> Exchange:
    caller = Operation(row["caller_service"], row["caller_operation"]) if row["caller_service"] is not None else None
    return Exchange(
        row["exchange_id"],
        caller,
        Party(row["callee_kind"], row["callee"]),
        row["operation"],
        row["protocol"],
        row["mode"],
        tuple(Key(key["place"], key["name"]) for key in row["keys"]),
        _seen(row),
    )
