"""The product: inputs and schemas in, an audit out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from auditor.blind_spots import catalog_gaps, reading_gaps, session_gaps
from auditor.config import Config
from auditor.contracts import agree
from auditor.engine.local import build_model
from auditor.inventory import calls_of, channels_of, outsiders_of, scope_of, services_of, stores_of
from auditor.labels import field_categories, key_categories, label_catalog
from auditor.outsiders import described, with_insiders, without_spans
from auditor.payload_labels import payload_places
from auditor.schemas.read import Schemas, read_schemas
from auditor.sqlworker import StatementReader
from auditor.telemetry.read import ReadReport, read_spans
from classifiers.taxonomy import read_as, sensitivity
from lineage.access import accesses, read_statements
from lineage.catalog import Catalog
from lineage.derived import view_fills
from lineage.flows import find_flows
from lineage.lock import Lock
from lineage.model import Audit, SystemModel
from lineage.overfetch import over_fetched
from lineage.policy import find_exposures, judge

Progress = Callable[[int, int], None]


def run_audit(
    inputs: Sequence[str],
    schemas: Sequence[str] = (),
    config: Config | None = None,
    lock: Lock | None = None,
    progress: Progress | None = None,
    sample: int = 0,
) -> Audit:
    """Audit telemetry files, folders or `-` against DDL files and live databases, and judge the exposures by the lock.

    `progress` is told bytes read and bytes in all. `sample`: rows of each live table to look at, in memory. Raises
    AuditorError (InputError, ConfigError) in words for a user.
    """
    config = config or Config()
    report = ReadReport()
    with StatementReader() as reader:
        reader.start()  # it comes up while telemetry is read
        declared = read_schemas(list(schemas), sample)
        model = build_model(read_spans(inputs, report, progress, config.columns), config.stores)
        return judge(assemble(model, declared, report, config, reader), lock)


def assemble(
    model: SystemModel, schemas: Schemas, report: ReadReport, config: Config, reader: StatementReader
) -> Audit:
    """The audit that a system model and a catalog make, not yet judged."""
    model = with_insiders(model, config.outsiders)
    catalog = Catalog(schemas.declared, model.stores)
    read = read_statements(model.statements, catalog, reader.read_all)
    tables = catalog.tables()
    places = payload_places(schemas.payloads.all)
    labelled = label_catalog(tables, config, schemas.annotations, model.exchanges, places, schemas.sampled)
    fields = labelled.with_inherited((*read.fills, *view_fills(schemas.views, tables)))
    by_field, by_key = field_categories(fields, config), key_categories(model.exchanges, config)
    agreed = agree(model.exchanges, schemas.payloads, config, by_key)
    flows = find_flows(model, read.touches, by_field, by_key, agreed.contracts, config.tokens)
    gaps = (*model.gaps, *read.gaps, *schemas.gaps, *reading_gaps(report), *catalog_gaps(model, tables, read))
    gaps += (*labelled.gaps, *agreed.gaps, *session_gaps(model, read.touches, by_field, config))
    with read_as(config.readings):
        exposures = find_exposures(flows, sensitivity)
    return Audit(
        scope=scope_of(model, schemas, report, read),
        services=(*services_of(model), *without_spans(model)),
        stores=stores_of(model, tables),
        outsiders=described(outsiders_of(model), config.outsiders),
        channels=channels_of(model),
        fields=fields,
        calls=calls_of(model),
        statements=read.shapes,
        accesses=accesses(read.touches),
        flows=tuple(flows),
        exposures=exposures,
        over_fetch=over_fetched(read.touches, by_field, model.exchanges, agreed.contracts),
        leaks=model.leaks,
        gaps=tuple(sorted(gaps)),
        readings=config.readings,
    )


def with_lock(audit: Audit, lock: Lock | None) -> Audit:
    """An earlier audit judged again, by another lock."""
    return judge(replace(audit, not_seen=()), lock)
