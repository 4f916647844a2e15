"""The count tables of the kernel to the system model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import duckdb

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
TraceIds = Callable[[int], str]  # the id of a trace of which the tables give the number


def table(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[Row]:
    """The rows of a table of the kernel's."""
    return _rows(connection, f"SELECT * FROM {name}")  # noqa: S608 (our own table names)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Row]:
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description or ()]
    while chunk := cursor.fetchmany(10_000):
        for row in chunk:
            yield dict(zip(columns, row, strict=True))


def model_of(connection: duckdb.DuckDBPyConnection, traces: int, trace_id: TraceIds) -> SystemModel:
    """The model of `traces` traces."""

    def seen(row: Row) -> Seen:
        examples = tuple(map(trace_id, row["traces"]))
        return Seen(row["calls"], row["errors"], row["first"] or 0, row["last"] or 0, examples)

    rows_of = partial(table, connection)
    [totals] = rows_of("total_count")
    return SystemModel(
        services=tuple(
            ServiceSeen(
                r["service"],
                r["spans"],
                tuple(VersionSeen(v["name"], v["first"] or 0, v["last"] or 0) for v in r["versions"] or ()),
            )
            for r in rows_of("service_count")
        ),
        operations=tuple(
            OperationSeen(Operation(r["service"], r["operation"]), r["kind"], seen(r))
            for r in rows_of("operation_count")
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
                seen(r),
            )
            for r in rows_of("statement_count")
        ),
        exchanges=tuple(_exchange(r, seen(r)) for r in rows_of("exchange_count")),
        successions=tuple(
            Succession(Operation(r["service"], r["operation"]), r["before"], r["after"], r["ordered"], r["together"])
            for r in rows_of("succession_count")
        ),
        channel_links=tuple(
            ChannelLink(r["published"], r["consumed"], r["messages"]) for r in rows_of("channel_link_count")
        ),
        contexts=tuple(
            Context(
                tuple(Operation(step["service"], step["operation"]) for step in r["path"]),
                r["calls"],
                tuple(StatementRun(run["statement"], run["store"], run["calls"]) for run in r["statements"]),
            )
            for r in rows_of("context_count")
        ),
        leaks=tuple(Leak(r["service"], r["attribute"], r["category"], r["spans"]) for r in rows_of("leak_count")),
        unseen=tuple(Unseen(r["kind"], r["service"], r["other"], r["n"], r["total"]) for r in rows_of("unseen_count")),
        ways=tuple(
            StoreWay(r["service"], r["db_system"], r["host"], r["port"], r["db_namespace"], r["used"])
            for r in rows_of("way")
        ),
        addresses=tuple(Address(r["host"], r["port"], r["service"]) for r in rows_of("address")),
        spans=totals["spans"],
        duplicates=totals["duplicates"],
        weighted=totals["weighted"],
        adjusted=int(totals["adjusted"]),
        traces=traces,
        first=totals["first"] or 0,
        last=totals["last"] or 0,
    )


def _exchange(row: Row, seen: Seen) -> Exchange:
    caller = Operation(row["caller_service"], row["caller_operation"]) if row["caller_service"] is not None else None
    return Exchange(
        row["exchange_id"],
        caller,
        Party(row["callee_kind"], row["callee"]),
        row["operation"],
        row["protocol"],
        row["mode"],
        tuple(Key(key["place"], key["name"]) for key in row["keys"]),
        seen,
    )
