"""What the commands that make or read an audit have in common: their options, and getting the audit."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.console import progress_bar
from auditor.engine.spark.cluster import Cluster
from auditor.errors import UsageProblem
from auditor.period import read_period
from auditor.telemetry.trace_stores.address import is_store_url
from auditor.telemetry.trace_stores.question import Question, question_of

if TYPE_CHECKING:
    from auditor.gate.folder import Decisions
    from auditor.material import Kept
    from lineage.audit import Audit

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT...",
        help="Telemetry: file, folder or - (OTLP, Jaeger, Zipkin, CSV; gzip, zstd; Parquet), or the URL of a store of "
        "traces (clickhouse://, jaeger+http://, tempo+http://).",
    ),
]
SchemaOption = Annotated[
    list[str] | None,
    typer.Option(
        "--schema",
        metavar="[NAME=]PATH_OR_URL",
        help="DDL, payload schemas, or a folder of them; or URL of a database (postgresql://, mysql://, sqlite:///). "
        "NAME binds it to one store or service.",
    ),
]
SampleOption = Annotated[
    int, typer.Option("--sample", metavar="N", min=0, help="Judge N rows of each live table, in memory. Default: none.")
]
StatementsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--statements",
        metavar="[STORE=]PATH",
        help="What the database counted: pg_stat_statements or MySQL digests, as CSV or the database's URL.",
    ),
]
EdgesOption = Annotated[
    list[str] | None,
    typer.Option("--edges", metavar="PATH", help="Network flows (OTLP metrics) or Jaeger's dependency graph."),
]
ConfigOption = Annotated[
    str | None, typer.Option("--config", metavar="PATH", help="Settings; default: auditor.toml if it exists.")
]
ColumnsOption = Annotated[
    str | None,
    typer.Option("--columns", metavar="WHAT=HEADER,...", help="Columns of CSV files of spans: trace_id=TraceID,..."),
]
ServiceOption = Annotated[
    list[str] | None,
    typer.Option("--service", metavar="NAME", help="Of a store of traces: only traces with this service in them."),
]
EngineOption = Annotated[
    str, typer.Option("--engine", metavar="local|spark", help="What reads and counts telemetry: docs/scale.md.")
]
MasterOption = Annotated[
    str | None,
    typer.Option("--master", metavar="URL", help="Of Spark: local[2], spark://HOST:7077, yarn. Default: local[*]."),
]
SparkConfOption = Annotated[
    list[str] | None,
    typer.Option("--spark-conf", metavar="KEY=VALUE", help="A setting of Spark: spark.executor.memory=8g."),
]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", min=1, help="Processes that read telemetry. Default: one for each processor."),
]
LockOption = Annotated[
    str, typer.Option("--lock", metavar="PATH", help="The lock; policy.toml and waivers.toml lie beside it.")
]
AuditOption = Annotated[
    str | None, typer.Option("--audit", metavar="DIR", help="A finished audit: DIR/audit.json or DIR.")
]
FormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="FORMAT[=PATH],...",
        help="text, summary, json, html, csv, collector, sarif, junit, gitlab, github, github-summary, markdown; "
        "documents: ropa-csv, transfers-csv, retention-csv, dpia-csv, pci-csv, pci-changes-csv, hipaa-csv, cpra-csv. "
        "Printed, or written to PATH.",
    ),
]
CategoryOption = Annotated[
    str, typer.Option("--category", metavar="NAME", help="Tells the SARIF of several environments apart.")
]
StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="DIR", help="An index, or a folder of indexes that add up, instead of INPUT."),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="TIME",
        help="With --store or a store of traces: 2026-01-31T09:00:00Z, or a span before now: 30m, 24h, 7d.",
    ),
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="TIME", help="With --store or a store of traces: where the period ends.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output on standard output.")]
FindOption = Annotated[str, typer.Option("--audit", metavar="DIR", help="A finished audit: DIR/audit.json or DIR.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line says about the audit it wants: inputs to read, or a finished audit."""

    inputs: list[str] | None
    lock: str
    schema: list[str] | None = None
    sample: int = 0
    statements: list[str] | None = None
    edges: list[str] | None = None
    config: str | None = None
    audit: str | None = None
    columns: str | None = None
    quiet: bool = False
    store: str | None = None
    start: str | None = None
    end: str | None = None
    jobs: int | None = None
    services: list[str] | None = None
    cluster: Cluster | None = None


@dataclass(frozen=True, slots=True)
class Gated:
    """A judged audit, and the decisions that it was judged by."""

    audit: Audit
    decisions: Decisions = field(repr=False)


def gated(asked: Asked) -> Gated:
    """Make the audit, or read the finished one, and judge it by the lock and what lies beside it."""
    from auditor.config import load_config
    from auditor.gate.folder import load_decisions
    from lineage.gate.judge import judge

    decisions = load_decisions(asked.lock, load_config(asked.config).categories)  # a mistake is told before the work
    return Gated(judge(found_audit(asked), decisions.lock, decisions.standards), decisions)


def found_audit(asked: Asked) -> Audit:
    """Make the audit, or read the finished one, whatever it was judged by."""
    from auditor.audit import run_audit
    from auditor.audits import load_audit
    from auditor.config import load_config, with_columns
    from auditor.material import Sources

    if asked.audit is not None:
        beside = (asked.inputs, asked.schema, asked.sample, asked.statements, asked.edges, asked.columns, asked.store)
        if any((*beside, asked.start, asked.end, asked.services, asked.cluster)):
            raise UsageProblem(
                "--audit is a finished audit: no INPUT, --schema, --sample, --statements, --edges, --columns, --store, "
                "--from, --to, --service, --engine beside it"
            )
        return load_audit(asked.audit)
    if asked.store is not None and any((asked.inputs, asked.columns, asked.services, asked.cluster)):
        raise UsageProblem(
            "--store is telemetry that was read: no INPUT, --columns, --service, --engine beside it; "
            "'auditor index' adds more"
        )
    if not asked.inputs and asked.store is None:
        raise UsageProblem(
            "no INPUT: name a file or folder of traces, - for standard input, --store DIR or --audit DIR"
        )
    kept, question = _period_of(asked, datetime.now(UTC))
    if asked.cluster and asked.jobs:
        raise UsageProblem("--jobs is of the local engine: how many tasks Spark runs at once, --master says")
    with progress_bar(asked.quiet, "tasks of Spark" if asked.cluster else "") as progress:
        settings = with_columns(load_config(asked.config), asked.columns)
        statements, edges = asked.statements or (), asked.edges or ()
        inputs, schemas = asked.inputs or (), asked.schema or ()
        sources = Sources(inputs, schemas, asked.sample, statements, edges, kept, question, asked.cluster)
        return run_audit(sources, settings, progress=progress, jobs=asked.jobs)


def _period_of(asked: Asked, now: datetime) -> tuple[Kept | None, Question | None]:
    """What of an index is to be audited, or what stores of traces among the inputs are to be asked."""
    from auditor.material import Kept

    period = read_period(asked.start, asked.end, now)
    if asked.store is not None:
        return Kept(asked.store, period), None
    if any(map(is_store_url, asked.inputs or ())):
        return None, question_of(period, tuple(asked.services or ()), now)
    if asked.start or asked.end or asked.services:
        raise UsageProblem(
            "--from, --to: only with --store or the URL of a store of traces, --service only with the latter; "
            "files are read whole"
        )
    return None, None


def user() -> str:
    """Who sits at the keyboard."""
    return os.environ.get("USER") or os.environ.get("USERNAME") or "unknown"
