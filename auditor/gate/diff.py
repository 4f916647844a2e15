"""`auditor diff`: what an audit would change in the lock, shown like a plan. Decides nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.answers import print_json
from auditor.console import say
from auditor.engine.spark.cluster import read_cluster
from auditor.errors import UsageProblem
from auditor.files import DEFAULT_LOCK
from auditor.options import (
    Asked,
    AuditOption,
    ColumnsOption,
    ConfigOption,
    EdgesOption,
    EngineOption,
    FromOption,
    Inputs,
    JsonOption,
    LockOption,
    MasterOption,
    SampleOption,
    SchemaOption,
    ServiceOption,
    SparkConfOption,
    StatementsOption,
    StoreOption,
    ToOption,
    gated,
)


def diff(
    inputs: Inputs = None,
    schema: SchemaOption = None,
    sample: SampleOption = 0,
    statements: StatementsOption = None,
    edges: EdgesOption = None,
    config: ConfigOption = None,
    lock: LockOption = DEFAULT_LOCK,
    audit: AuditOption = None,
    columns: ColumnsOption = None,
    store: StoreOption = None,
    start: FromOption = None,
    end: ToOption = None,
    service: ServiceOption = None,
    engine: EngineOption = "local",
    master: MasterOption = None,
    spark_conf: SparkConfOption = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="LOCK", help="An earlier lock: tells what was approved since.")
    ] = None,
    json_output: JsonOption = False,
) -> int:
    """Show how an audit differs from the lock, like a plan.

    What is new (+), changed (~) and not seen (-), and probable renames. Decides nothing.
    """
    from auditor.lockfile import load_lock
    from lineage.gate.plan import plan
    from reports.plan_text import as_json, lines

    base = load_lock(against) if against is not None else None
    if against is not None and base is None:
        raise UsageProblem(f"--against {against}: there is no such lock")
    given = (inputs, lock, schema, sample, statements, edges, config, audit, columns, json_output, store, start, end)
    found = gated(Asked(*given, services=service, cluster=read_cluster(engine, master, spark_conf or [])))
    made = plan(found.audit, found.decisions.lock, found.decisions.standards, base)
    if json_output:
        print_json(as_json(made))
    else:
        say(lines(found.audit, made))
    return 0
