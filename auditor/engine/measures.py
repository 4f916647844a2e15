"""What explorer.sql measured, put into the system model: durations, weights, and what requests set off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from lineage.histogram import EMPTY, Histogram, histogram
from lineage.model import Operation, Party, Seen
from lineage.system import Amplification, SystemModel

Row = dict[str, Any]
Table = Callable[[str], Iterator[Row]]


def with_measures(model: SystemModel, table: Table) -> SystemModel:
    """The counted model with its measures. `table` gives the rows of a table of explorer.sql."""
    services = {r["service"]: r for r in table("service_measure")}
    operations = {_operation(r): r for r in table("operation_measure")}
    exchanges = {r["exchange_id"]: r for r in table("exchange_measure")}
    statements = {(_operation(r), r["store"], r["statement_id"]): r for r in table("statement_measure")}
    contexts = {tuple(Operation(s["service"], s["operation"]) for s in r["path"]): r for r in table("context_measure")}
    return replace(
        model,
        services=tuple(
            replace(s, weighted=weighted, adjusted=adjusted)
            for s in model.services
            for weighted, adjusted in [_weights(services.get(s.name))]
        ),
        operations=tuple(
            replace(o, seen=_weighed(o.seen, row), durations=_spread(row, "durations"))
            for o in model.operations
            for row in [operations.get(o.operation)]
        ),
        exchanges=tuple(
            replace(e, seen=_weighed(e.seen, row), durations=_spread(row, "durations"))
            for e in model.exchanges
            for row in [exchanges.get(e.id)]
        ),
        statements=tuple(
            replace(use, seen=_weighed(use.seen, statements.get((use.operation, use.store, use.id))))
            for use in model.statements
        ),
        contexts=tuple(
            replace(context, errors=row["errors"] if row else 0, durations=_spread(row, "durations"))
            for context in model.contexts
            for row in [contexts.get(context.path)]
        ),
        amplifications=tuple(_amplification(r) for r in table("amplification_count")),
    )


def _operation(row: Row) -> Operation:
    return Operation(row["service"], row["operation"])


def _weights(row: Row | None) -> tuple[int, int]:
    return (int(row["weights"]["weighted"]), int(row["weights"]["adjusted"])) if row else (0, 0)


def _weighed(seen: Seen, row: Row | None) -> Seen:
    weighted, adjusted = _weights(row)
    return replace(seen, weighted=weighted, adjusted=adjusted)


def _spread(row: Row | None, column: str) -> Histogram:
    if row is None:
        return EMPTY
    counted = row[column]
    buckets = dict(zip(counted["buckets"] or (), counted["counts"] or (), strict=True))
    return histogram(buckets, counted["zeros"], int(counted["total"]), int(counted["most"]))


def _amplification(row: Row) -> Amplification:
    return Amplification(
        Operation(row["root_service"], row["root_operation"]),
        Operation(row["caller_service"], row["caller_operation"]),
        Party(row["callee_kind"], row["callee"]),
        row["operation"],
        row["protocol"],
        row["mode"],
        _spread(row, "per_request"),
        row["burst"],
    )
