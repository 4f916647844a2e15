"""The count tables of the kernel to the system model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb

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
TraceIds = Callable[[int], str]  # the id of a trace of which the tables give the number


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Row]:
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description or ()]
    while chunk := cursor.fetchmany(10_000):
        for row in chunk:
            yield dict(zip(columns, row, strict=True))


def model_of(connection: duckdb.DuckDBPyConnection, traces: int, trace_id: TraceIds) -> SystemModel:
    """The model of `traces` traces, sorted."""

    def seen(row: Row) -> Seen:
        examples = tuple(map(trace_id, row["traces"]))
        return Seen(row["calls"], row["errors"], row["first"] or 0, row["last"] or 0, examples)

    def table(name: str) -> Iterator[Row]:
        return _rows(connection, f"SELECT * FROM {name}")  # noqa: S608 (our own table names)

    [totals] = table("total_count")
    model = SystemModel(
        services=tuple(
            ServiceSeen(
                r["service"],
                r["spans"],
                tuple(VersionSeen(v["name"], v["first"] or 0, v["last"] or 0) for v in r["versions"] or ()),
            )
            for r in table("service_count")
        ),
        operations=tuple(
            OperationSeen(Operation(r["service"], r["operation"]), r["kind"], seen(r)) for r in table("operation_count")
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
            for r in table("statement_count")
        ),
        exchanges=tuple(_exchange(r, seen(r)) for r in table("exchange_count")),
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
        duplicates=totals["duplicates"],
        weighted=totals["weighted"],
        adjusted=int(totals["adjusted"]),
        traces=traces,
        first=totals["first"] or 0,
        last=totals["last"] or 0,
    )
    return total([model])


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
