"""What commands that make or read an audit have in common: what they are asked for, and getting the audit."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any

from auditor.console import progress_bar
from auditor.engine.spark.cluster import Cluster, read_cluster
from auditor.errors import UsageProblem
from auditor.files import DEFAULT_LOCK
from auditor.options import (
    AuditOption,
    ColumnsOption,
    ConfigOption,
    EdgesOption,
    EngineOption,
    FromOption,
    Inputs,
    JobsOption,
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
)
from auditor.period import read_period
from auditor.telemetry.trace_stores.address import is_store_url
from auditor.telemetry.trace_stores.question import Question, question_of

if TYPE_CHECKING:
    from auditor.gate.folder import Decisions
    from auditor.material import Kept
    from lineage.audit import Audit


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line says about the audit it wants: inputs to read, or a finished audit."""

    inputs: list[str] | None = None
    lock: str = DEFAULT_LOCK
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


def read_asked(
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
    quiet: QuietOption = False,
) -> Asked:
    """What options say. Raises UsageProblem."""
    cluster = read_cluster(engine, master, spark_conf or [])
    return Asked(
        inputs,
        lock,
        schema,
        sample,
        statements,
        edges,
        config,
        audit,
        columns,
        quiet,
        store,
        start,
        end,
        jobs,
        service,
        cluster,
    )


def asking(*without: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """For a command whose first parameter is an `Asked`: on the command line it has the arguments and options of
    `read_asked` instead, but those that are left out, before its own."""

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        shared = _parameters(read_asked)
        for name in without:
            del shared[name]
        own = dict(list(_parameters(command).items())[1:])

        def run(**given: Any) -> int:
            asked = read_asked(**{name: given.pop(name) for name in shared if name in given})
            return command(asked, **given)

        parameters = shared | own
        run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
        run.__annotations__ = {name: each.annotation for name, each in parameters.items()} | {"return": int}
        run.__signature__ = Signature(list(parameters.values()), return_annotation=int)  # type: ignore[attr-defined]
        return run

    return decorated


def _parameters(function: Callable[..., object]) -> dict[str, Parameter]:
    return dict(signature(function, eval_str=True).parameters)


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
