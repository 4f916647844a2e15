"""`auditor check`: the gate."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from auditor.answers import figures, print_json
from auditor.console import say
from auditor.engine.spark.cluster import read_cluster
from auditor.errors import UsageProblem
from auditor.files import DEFAULT_LOCK
from auditor.options import (
    Asked,
    AuditOption,
    CategoryOption,
    ColumnsOption,
    ConfigOption,
    EdgesOption,
    EngineOption,
    FormatOption,
    FromOption,
    Inputs,
    JobsOption,
    JsonOption,
    LockOption,
    MasterOption,
    QuietOption,
    SampleOption,
    SchemaOption,
    ServiceOption,
    SparkConfOption,
    StatementsOption,
    StoreOption,
    ToOption,
    gated,
)

if TYPE_CHECKING:
    from lineage.audit import Audit

EXIT = {"pass": 0, "not_approved": 1, "inconclusive": 3}


def check(
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
    jobs: JobsOption = None,
    engine: EngineOption = "local",
    master: MasterOption = None,
    spark_conf: SparkConfOption = None,
    format_: FormatOption = None,
    category: CategoryOption = "",
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> int:
    """The gate: is everything approved that the audit saw?

    Exit 0 when it is, 1 when something is new or against a rule, 3 when telemetry is too thin to tell.
    """
    from auditor.outputs import read_outputs, repository_of, write_outputs
    from reports.gate_text import lines as gate_lines

    if json_output and format_:
        raise UsageProblem("give --json or --format, not both")
    outputs = read_outputs(format_ or [])  # a mistake is told before the work
    silent = quiet or json_output or any(output.path is None for output in outputs)
    read = None if audit and outputs else schema  # beside a finished audit, schemas are files to point into
    asked = Asked(
        inputs, lock, read, sample, statements, edges, config, audit, columns, silent, store, start, end, jobs, service
    )
    asked = replace(asked, cluster=read_cluster(engine, master, spark_conf or []))
    found = gated(asked).audit
    if json_output:
        print_json(_answer(found))
    elif outputs:
        write_outputs(found, outputs, repository_of(found, lock, schema or [], category))
    elif not quiet:
        say(gate_lines(found))
    return EXIT[found.verdict.state]


def _answer(audit: Audit) -> dict[str, object]:
    def exposures(state: str) -> list[dict[str, object]]:
        return [asdict(exposure) for exposure in audit.exposures if exposure.state == state]

    return figures(audit) | {
        "new": exposures("new"),
        "violations": exposures("violation"),
        "leaks_against_rules": [asdict(leak) for leak in audit.leaks if leak.state in ("new", "violation")],
        "not_seen": list(audit.not_seen),
        "findings": [asdict(finding) for finding in audit.findings],
        "notes": list(audit.verdict.notes),
    }
