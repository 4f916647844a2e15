"""The product: inputs and schemas in, an audit out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from auditor.blind_spots import catalog_gaps, reading_gaps
from auditor.config import Config
from auditor.engine.local import build_model
from auditor.inventory import calls_of, channels_of, contexts_of, outsiders_of, scope_of, services_of, stores_of
from auditor.labels import field_categories, key_categories, label_catalog
from auditor.schemas.ddl import Schemas, read_schemas
from auditor.sqlworker import StatementReader
from auditor.telemetry.read import ReadReport, read_spans
from classifiers.taxonomy import sensitivity
from lineage.access import accesses, read_statements
from lineage.catalog import Catalog
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
) -> Audit:
    """Audit telemetry files, folders or `-` against DDL files, and judge the exposures by the lock.

    `progress` is told bytes read and bytes in all. Raises AuditorError (InputError, ConfigError) in words for a user.
    """
    config = config or Config()
    declared = read_schemas(list(schemas))
    report = ReadReport()
    model = build_model(read_spans(inputs, report, progress, config.columns), config.stores)
    return judge(assemble(model, declared, report, config), lock)


def assemble(model: SystemModel, schemas: Schemas, report: ReadReport, config: Config) -> Audit:
    """The audit that a system model and a catalog make, not yet judged."""
    catalog = Catalog(schemas.declared, model.stores)
    with StatementReader() as reader:
        read = read_statements(model.statements, catalog, reader)
    tables = catalog.tables()
    labelled = label_catalog(tables, config, schemas.annotations, model.exchanges)
    fields = labelled.with_inherited((*read.fills, *view_fills(schemas.views, tables)))
    flows = find_flows(model, read.touches, field_categories(fields, config), key_categories(model.exchanges, config))
    gaps = (*model.gaps, *read.gaps, *schemas.gaps, *reading_gaps(report), *catalog_gaps(model, tables, read))
    gaps += labelled.gaps
    return Audit(
        scope=scope_of(model, schemas, report, read),
        services=services_of(model),
        stores=stores_of(model, tables),
        outsiders=outsiders_of(model),
        channels=channels_of(model),
        fields=fields,
        calls=calls_of(model),
        statements=read.shapes,
        accesses=accesses(read.touches),
        contexts=contexts_of(model),
        flows=tuple(flows),
        exposures=find_exposures(flows, sensitivity),
        leaks=model.leaks,
        gaps=tuple(sorted(gaps)),
    )


def with_lock(audit: Audit, lock: Lock | None) -> Audit:
    """An earlier audit judged again, by another lock."""
    return judge(replace(audit, not_seen=()), lock)
