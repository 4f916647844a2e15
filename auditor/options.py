"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

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
