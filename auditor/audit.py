"""The product: inputs and schemas in, an audit out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version

from auditor.config import Config
from auditor.engine.local import build_model
from auditor.labels import field_categories, key_categories, label_fields
from auditor.schemas.ddl import Schemas, read_schemas
from auditor.telemetry.read import ReadReport, read_spans
from classifiers.taxonomy import sensitivity
from lineage.access import Read, accesses, read_statements
from lineage.catalog import Catalog
from lineage.flows import find_flows
from lineage.model import (
    Audit,
    AuditService,
    AuditStore,
    Call,
    CatalogTable,
    Channel,
    Exchange,
    Gap,
    Outsider,
    Scope,
    SystemModel,
)
from lineage.policy import Lock, find_exposures, judge
from lineage.times import rfc3339

Progress = Callable[[int, int], None]


def run_audit(
    inputs: Sequence[str],
    schemas: Sequence[str] = (),
    config: Config | None = None,
    lock: Lock | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Audit telemetry files, folders or `-` against DDL files, and judge the exposures by the lock.

    `progress` is told bytes read and bytes in all. Raises AuditorError (InputError, ConfigError) in words for a user.
    """
    config = config or Config()
    declared = read_schemas(list(schemas))
    report = ReadReport()
    model = build_model(read_spans(inputs, report, progress), config.stores)
    return judge(assemble(model, declared, report, config), lock)


def assemble(model: SystemModel, schemas: Schemas, report: ReadReport, config: Config) -> Audit:
    """The audit that a system model and a catalog make, not yet judged."""
    catalog = Catalog(schemas.declared, model.stores)
    read = read_statements(model.statements, catalog)
    tables = catalog.tables()
    fields = label_fields(tables)
    flows = find_flows(model, read.touches, field_categories(fields, config), key_categories(model.exchanges, config))
    gaps = (*model.gaps, *read.gaps, *schemas.gaps, *_reading_gaps(report), *_catalog_gaps(model, tables, read))
    return Audit(
        scope=_scope(model, schemas, report, read),
        services=_services(model),
        stores=_stores(model, tables),
        outsiders=_outsiders(model),
        channels=tuple(
            Channel(name, system)
            for name, system in sorted({(e.callee.name, e.protocol) for e in model.exchanges if _is_channel(e)})
        ),
        fields=fields,
        calls=_calls(model),
        statements=read.shapes,
        accesses=accesses(read.touches),
        flows=tuple(flows),
        exposures=find_exposures(flows, sensitivity),
        leaks=model.leaks,
        gaps=tuple(sorted(gaps)),
    )


def _is_channel(exchange: Exchange) -> bool:
    return exchange.callee.kind == "channel"


def _services(model: SystemModel) -> tuple[AuditService, ...]:
    operations: dict[str, list[str]] = defaultdict(list)
    for seen in model.operations:
        operations[seen.operation.service].append(seen.operation.name)
    return tuple(AuditService(s.name, tuple(sorted(operations[s.name])), s.spans) for s in model.services)


def _stores(model: SystemModel, tables: Sequence[CatalogTable]) -> tuple[AuditStore, ...]:
    names: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        names[table.store].add(table.name)
    systems = {store.name: store.system for store in model.stores}
    return tuple(
        AuditStore(name, systems.get(name, "not seen"), tuple(sorted(names[name])))
        for name in sorted(set(names) | set(systems))
    )


def _outsiders(model: SystemModel) -> tuple[Outsider, ...]:
    protocols: dict[str, set[str]] = defaultdict(set)
    for exchange in model.exchanges:
        if exchange.callee.kind == "outsider":
            protocols[exchange.callee.name].add(exchange.protocol)
    return tuple(Outsider(name, tuple(sorted(found))) for name, found in sorted(protocols.items()))


def _calls(model: SystemModel) -> tuple[Call, ...]:
    handled = {seen.operation: seen.seen.calls for seen in model.operations}
    groups: dict[tuple[str | None, str, str, str], list[Exchange]] = defaultdict(list)
    for e in model.exchanges:
        caller = e.caller.service if e.caller else None
        groups[caller, e.callee.name, e.operation, e.protocol].append(e)
    result = []
    for (caller, callee, operation, protocol), group in groups.items():
        calls = sum(e.seen.calls for e in group)
        handlings = sum(handled.get(op, 0) for op in {e.caller for e in group if e.caller})
        amplification = round(calls / handlings, 4) if handlings else 1.0
        errors = sum(e.seen.errors for e in group)
        result.append(Call(caller, callee, operation, protocol, calls, errors, amplification))
    return tuple(sorted(result, key=lambda c: (c.caller or "", c.callee, c.operation, c.protocol)))


def _scope(model: SystemModel, schemas: Schemas, report: ReadReport, read: Read) -> Scope:
    return Scope(
        auditor=version("privacy-auditor"),
        inputs=tuple(sorted(report.inputs, key=lambda i: (i.name, i.sha256))),
        schemas=schemas.inputs,
        spans=model.spans,
        traces=model.traces,
        first=rfc3339(model.first),
        last=rfc3339(model.last),
        statements=read.calls,
        statements_parsed=read.calls_parsed,
        sampling=_sampling(model),
    )


def _sampling(model: SystemModel) -> str:
    if not model.weighted:
        return "not stated by the telemetry: counts are of the spans read, and what was not seen may still happen"
    share = model.weighted / max(model.spans, 1)
    stands_for = f"{model.adjusted:.0f}"
    return f"stated on {share:.0%} of the spans, which stand for about {stands_for}; counts are of the spans read"


def _reading_gaps(report: ReadReport) -> list[Gap]:
    gaps = []
    if report.bad_count:
        places = ", ".join(f"{bad.file} {bad.where}" for bad in report.bad[:3])
        hides = "records that could not be read: whatever spans they held are missing"
        gaps.append(Gap("bad_record", places, report.bad_count, 1.0, hides))
    for name in report.skipped:
        gaps.append(Gap("unread_file", name, 1, 1.0, "a file that holds no traces the auditor can read"))
    return gaps


def _catalog_gaps(model: SystemModel, tables: Sequence[CatalogTable], read: Read) -> list[Gap]:
    gaps = []
    for store in model.stores:
        undeclared = [table for table in tables if table.store == store.name and not table.declared]
        total = sum(table.store == store.name for table in tables)
        if undeclared:
            hides = "tables without DDL: columns that no statement names, and all types and comments, are unknown"
            gaps.append(Gap("no_ddl", store.name, len(undeclared), round(len(undeclared) / total, 4), hides))
    whole_rows: dict[str, int] = defaultdict(int)
    entered: dict[str, int] = defaultdict(int)
    for touch in read.touches:
        if touch.field.endswith(".*"):
            whole_rows[touch.use.store] += 1
    for name, count in sorted(whole_rows.items()):
        hides = "statements that take or touch whole rows of a table: which columns that means is not told"
        gaps.append(Gap("whole_row", name, count, round(count / max(len(read.touches), 1), 4), hides))
    exchanged = sum(exchange.seen.calls for exchange in model.exchanges)
    if exchanged:
        hides = "exchanges without a payload schema: what their bodies and headers carry is possible, not known"
        gaps.append(Gap("no_schema", "all exchanges", exchanged, 1.0, hides))
    for exchange in model.exchanges:
        if exchange.caller is None:
            entered[exchange.callee.name] += exchange.seen.calls
    for name, count in sorted(entered.items()):
        hides = "requests from browsers and others who send no spans: what they send and get back is unknown"
        gaps.append(Gap("entry_point", name, count, round(count / exchanged, 4), hides))
    return gaps


def with_lock(audit: Audit, lock: Lock | None) -> Audit:
    """An earlier audit judged again, by another lock."""
    return judge(replace(audit, not_seen=()), lock)
