"""The local engine: span batches in, system model out, in a DuckDB file that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from auditor.engine.gaps import HIDDEN
from auditor.engine.stores import Reached, names_of
from auditor.telemetry.spans import SPAN
from lineage.model import (
    ChannelLink,
    Context,
    Exchange,
    Gap,
    Key,
    Leak,
    Operation,
    OperationSeen,
    Party,
    Seen,
    ServiceSeen,
    StatementRun,
    StatementUse,
    StoreSeen,
    Succession,
    SystemModel,
    VersionSeen,
)

Row = dict[str, Any]


def build_model(batches: Iterable[pa.RecordBatch], store_aliases: Mapping[str, str] | None = None) -> SystemModel:
    """Count span batches (schema `SPAN`) into the system model.

    Duplicate spans count once, whatever file they came from. The working file lies in the system's temporary folder,
    holds only redacted spans and is removed at the end.
    """
    with tempfile.TemporaryDirectory(prefix="auditor-") as folder:
        connection = duckdb.connect(
            str(Path(folder) / "spans.duckdb"),
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "temp_directory": folder,
            },
        )
        try:
            connection.execute("SET enable_progress_bar = false")  # it would print into our output
            _load(connection, batches)
            connection.execute(_sql("spans.sql"))
            stores = _name_stores(connection, store_aliases)
            connection.execute(_sql("steps.sql"))
            connection.execute(_sql("counts.sql"))
            return _model(connection, stores)
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


def _name_stores(connection: duckdb.DuckDBPyConnection, aliases: Mapping[str, str] | None) -> tuple[StoreSeen, ...]:
    ways = [
        Reached(row["service"], row["db_system"], row["host"], row["port"], row["db_namespace"])
        for row in _rows(
            connection,
            "SELECT DISTINCT service, db_system, coalesce(host, peer) AS host, port, db_namespace FROM node WHERE is_db"
            " ORDER BY ALL",
        )
    ]
    names = names_of(ways, aliases)
    table = pa.table(
        {
            "service": pa.array([way.service for way in ways], pa.string()),
            "db_system": pa.array([way.system for way in ways], pa.string()),
            "host": pa.array([way.host for way in ways], pa.string()),
            "port": pa.array([way.port for way in ways], pa.int32()),
            "db_namespace": pa.array([way.namespace for way in ways], pa.string()),
            "store": pa.array([names[way] for way in ways], pa.string()),
        }
    )
    connection.register("names", table)
    connection.execute("CREATE TABLE store_name AS SELECT * FROM names")
    connection.unregister("names")
    stores: dict[str, list[Reached]] = {}
    for way, name in names.items():
        stores.setdefault(name, []).append(way)
    return tuple(
        StoreSeen(
            name,
            min((way.system for way in reached if way.system), default="unknown"),
            min((way.namespace for way in reached if way.namespace), default=None),
            tuple(sorted({_address(way) for way in reached if way.host})),
        )
        for name, reached in sorted(stores.items())
    )


def _address(way: Reached) -> str:
    return f"{way.host}:{way.port}" if way.port else str(way.host)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Row]:
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description or ()]
    while chunk := cursor.fetchmany(10_000):
        for row in chunk:
            yield dict(zip(columns, row, strict=True))


def _seen(row: Row) -> Seen:
    return Seen(row["calls"], row["errors"], row["first"] or 0, row["last"] or 0, tuple(row["traces"]))


def _model(connection: duckdb.DuckDBPyConnection, stores: tuple[StoreSeen, ...]) -> SystemModel:
    def table(name: str) -> Iterator[Row]:
        return _rows(connection, f"SELECT * FROM {name}")  # noqa: S608 (our own table names)

    totals = next(
        _rows(
            connection,
            "SELECT (SELECT count(*) FROM raw) AS raw, count(*) AS spans, count(DISTINCT trace_id) AS traces,"
            " min(start_ns) AS first, max(start_ns) AS last, count(weight) AS weighted,"
            " coalesce(sum(weight), 0) AS adjusted FROM span",
        )
    )
    used = {row["store"] for row in _rows(connection, "SELECT DISTINCT store FROM access")}
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
        stores=tuple(store for store in stores if store.name in used),
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
        gaps=tuple(
            Gap(r["kind"], r["name"], r["n"], round(r["share"], 4), HIDDEN[r["kind"]]) for r in table("gap_count")
        ),
        spans=totals["spans"],
        duplicates=totals["raw"] - totals["spans"],
        weighted=totals["weighted"],
        adjusted=round(totals["adjusted"], 3),
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
        row["unpaired"],
    )
