"""The product: inputs and schemas in, an audit out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from auditor.blind_spots import catalog_gaps, reading_gaps
from auditor.config import Config
from auditor.engine.local import build_model
from auditor.inventory import calls_of, channels_of, outsiders_of, scope_of, services_of, stores_of
from auditor.labels import field_categories, key_categories, label_catalog
from auditor.schemas.database import Sampled, divide, read_databases
from auditor.schemas.ddl import Schemas, read_schemas
from auditor.sqlworker import StatementReader
from auditor.telemetry.digests import read_digests
from auditor.telemetry.edges import read_edges
from auditor.telemetry.read import ReadReport, read_spans
from classifiers.taxonomy import sensitivity
from lineage.access import accesses, read_statements
from lineage.catalog import Catalog
from lineage.counted import CountedStatement, compare, untraced_gaps
from lineage.dark import Connection, dark_edges
from lineage.derived import view_fills
from lineage.flows import find_flows
from lineage.lock import Lock
from lineage.model import Audit, SystemModel
from lineage.policy import find_exposures, judge

Progress = Callable[[int, int], None]


def run_audit(
    inputs: Sequence[str],
    schemas: Sequence[str] = (),
    config: Config | None = None,
    lock: Lock | None = None,
    progress: Progress | None = None,
    sample: int = 0,
    statements: Sequence[str] = (),
    edges: Sequence[str] = (),
) -> Audit:
    """Audit telemetry files, folders or `-` against DDL files and live databases, and judge the exposures by the lock.

    `progress` is told bytes read and bytes in all. `sample`: rows of each live table to look at, in memory.
    `statements`: the databases' own statement counters. `edges`: network flows and dependency graphs. Raises
    AuditorError in words for a user.
    """
    config = config or Config()
    digests, beside = read_digests(statements), read_edges(edges)
    urls, paths = divide(schemas)
    live, declared = read_databases(urls, sample), read_schemas(paths)
    declared = Schemas(
        (*live.declared, *declared.declared),  # what a database says of itself comes first
        (*live.inputs, *declared.inputs, *digests.inputs, *beside.inputs),
        (*live.gaps, *declared.gaps, *digests.gaps, *beside.gaps),
        declared.annotations,
        (*live.views, *declared.views),
    )
    report = ReadReport()
    model = build_model(read_spans(inputs, report, progress), config.stores)
    return judge(assemble(model, declared, report, config, live.sampled, digests.statements, beside.connections), lock)


def assemble(
    model: SystemModel,
    schemas: Schemas,
    report: ReadReport,
    config: Config,
    sampled: Sampled | None = None,
    counted: Sequence[CountedStatement] = (),
    connections: Sequence[Connection] = (),
) -> Audit:
    """The audit that a system model and a catalog make, not yet judged."""
    catalog = Catalog(schemas.declared, model.stores)
    with StatementReader() as reader:
        read = read_statements(model.statements, catalog, reader)
        compared = compare(counted, model.statements, model.stores, catalog, reader)
    tables = catalog.tables()
    labelled = label_catalog(tables, config, schemas.annotations, model.exchanges, sampled)
    fields = labelled.with_inherited((*read.fills, *view_fills(schemas.views, tables)))
    dark = dark_edges(connections, model)
    categories = field_categories(fields, config)
    flows = find_flows(model, read.touches, categories, key_categories(model.exchanges, config))
    gaps = (*model.gaps, *read.gaps, *schemas.gaps, *reading_gaps(report), *catalog_gaps(model, tables, read))
    gaps += (*labelled.gaps, *compared.gaps, *untraced_gaps(compared, categories), *dark.gaps)
    return Audit(
        scope=scope_of(model, schemas, report, read, compared.coverage),
        services=services_of(model),
        stores=stores_of(model, tables),
        outsiders=outsiders_of(model),
        channels=channels_of(model),
        fields=fields,
        calls=(*calls_of(model), *dark.calls),
        statements=read.shapes,
        accesses=accesses(read.touches),
        flows=tuple(flows),
        exposures=find_exposures(flows, sensitivity),
        leaks=model.leaks,
        gaps=tuple(sorted(gaps)),
    )


def with_lock(audit: Audit, lock: Lock | None) -> Audit:
    """An earlier audit judged again, by another lock."""
    return judge(replace(audit, not_seen=()), lock)
