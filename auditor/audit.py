"""The product: inputs and schemas in, an audit out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from auditor.blind_spots import catalog_gaps, session_gaps
from auditor.config import Config
from auditor.contracts import agree
from auditor.declarations import unused_declarations
from auditor.engine.gaps import gaps_of
from auditor.engine.local import count_inputs
from auditor.engine.naming import named
from auditor.engine.spark.entry import count_in
from auditor.explorer import with_explorer
from auditor.index.kept import read_kept
from auditor.inventory import calls_of, channels_of, contexts_of, outsiders_of, scope_of, services_of, stores_of
from auditor.labels import field_categories, key_categories, label_catalog
from auditor.material import Material, Sources, read_material
from auditor.outsiders import described, with_insiders, without_spans
from auditor.payload_labels import payload_places
from auditor.sqlworker import StatementReader
from classifiers.taxonomy import read_as, sensitivity
from lineage.access import accesses, read_statements
from lineage.audit import Audit
from lineage.catalog import Catalog
from lineage.counted import compare, untraced_gaps
from lineage.dark import dark_edges
from lineage.derived import view_fills
from lineage.exposures import find_exposures
from lineage.flows import find_flows
from lineage.gate.judge import judge
from lineage.lock import Lock
from lineage.logins import logins
from lineage.overfetch import over_fetched
from lineage.system import SystemModel

Progress = Callable[[int, int], None]


def run_audit(
    sources: Sources,
    config: Config | None = None,
    lock: Lock | None = None,
    progress: Progress | None = None,
    jobs: int | None = None,
) -> Audit:
    """Audit telemetry against schemas and what was counted elsewhere, and judge it by the lock alone.

    `progress` is told bytes read and bytes in all (of Spark: tasks); `jobs` is the number of processes that read
    (see `count_inputs`). Raises AuditorError (InputError, ConfigError) in words for a user.
    """
    config = config or Config()
    with StatementReader() as reader:
        reader.start()  # it comes up while telemetry is read
        material = read_material(sources, config.tools)
        if sources.kept:
            model = read_kept(sources.kept, material.report)
        elif sources.cluster:
            model = count_in(sources.cluster, sources.inputs, material.report, progress, config.columns)
        else:
            model = count_inputs(sources.inputs, material.report, progress, config.columns, jobs, sources.question)
        return judge(assemble(named(model, config.stores), material, config, reader), lock)


def assemble(model: SystemModel, material: Material, config: Config, reader: StatementReader) -> Audit:
    """The audit that a system model and a catalog make, not yet judged."""
    model, schemas = with_insiders(model, config.outsiders), material.schemas
    catalog = Catalog(schemas.declared, model.stores)
    read = read_statements(model.statements, catalog, reader.read_all)
    compared = compare(material.digests.statements, model.statements, model.stores, catalog, reader)
    tables = catalog.tables()
    places = payload_places(schemas.payloads.all)
    labelled = label_catalog(tables, config, schemas.annotations, model.exchanges, places, schemas.sampled)
    fields = labelled.with_inherited((*read.fills, *view_fills(schemas.views, tables)))
    by_field, by_key = field_categories(fields, config), key_categories(model.exchanges, config)
    agreed = agree(model.exchanges, schemas.payloads, config, by_key)
    flows = find_flows(model, read.touches, by_field, by_key, agreed.contracts, config.tokens)
    people = logins(read.touches, by_field, model.exchanges, by_key, agreed.contracts)
    with read_as(config.readings):
        exposures = find_exposures(flows, sensitivity)
    dark = dark_edges(material.edges.connections, model)
    gaps = (
        *gaps_of(model),
        *read.gaps,
        *material.gaps,
        *catalog_gaps(model, tables, read),
        *labelled.gaps,
        *agreed.gaps,
    )
    gaps += (*session_gaps(model, people, config), *dark.gaps)
    gaps += (*compared.gaps, *untraced_gaps(compared, by_field))
    audit = Audit(
        scope=scope_of(model, material, read, compared.coverage),
        services=(*services_of(model), *without_spans(model)),
        stores=stores_of(model, tables),
        outsiders=described(outsiders_of(model), config.outsiders),
        channels=channels_of(model),
        fields=fields,
        messages=agreed.messages,
        calls=(*calls_of(model, agreed.contracts), *dark.calls),
        statements=read.shapes,
        accesses=accesses(read.touches),
        contexts=contexts_of(model),
        flows=tuple(flows),
        exposures=exposures,
        over_fetch=over_fetched(read.touches, by_field, model.exchanges, agreed.contracts),
        leaks=model.leaks,
        gaps=tuple(sorted(gaps)),
        readings=config.readings,
        declarations=config.declarations,
    )
    audit = replace(audit, gaps=tuple(sorted((*audit.gaps, *unused_declarations(audit)))))
    return with_explorer(audit, model)
