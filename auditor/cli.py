"""The `auditor` command. Exit codes: 0 pass, 1 verdict against, 2 usage or tool error, 3 inconclusive.

Commands import what they need when they run: the libraries behind an audit take longer to load than `--help` should.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.ask import app as ask
from auditor.console import complain, progress_bar, say
from auditor.errors import AuditorError, InputError, UsageProblem
from auditor.files import DEFAULT_LOCK, write_text
from reports.text import count

if TYPE_CHECKING:
    from lineage.model import Audit

EXIT = {"pass": 0, "not_approved": 1, "inconclusive": 3}

app = typer.Typer(
    name="auditor",
    help="Which of your services touch which personal data, by which path, with what evidence.",
    epilog="Exit codes: 0 pass, 1 not approved, 2 usage or tool error, 3 inconclusive telemetry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(ask)

Inputs = Annotated[
    list[str] | None,
    typer.Argument(metavar="INPUT...", help="Telemetry: file, folder or - (OTLP, Jaeger, Zipkin, CSV; gzip, zstd)."),
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
ConfigOption = Annotated[str | None, typer.Option("--config", help="Settings; default: auditor.toml if it exists.")]
ColumnsOption = Annotated[
    str | None,
    typer.Option("--columns", metavar="WHAT=HEADER,...", help="Columns of CSV files of spans: trace_id=TraceID,..."),
]
LockOption = Annotated[str, typer.Option("--lock", help="The approved exposures.")]
AuditOption = Annotated[str | None, typer.Option("--audit", help="A finished audit: DIR/audit.json or DIR.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output on standard output.")]


@app.command(
    epilog="Example: auditor scan traces.otlp.jsonl.gz --schema schema.sql --out out",
)
def scan(
    inputs: Inputs = None,
    schema: SchemaOption = None,
    sample: SampleOption = 0,
    statements: StatementsOption = None,
    edges: EdgesOption = None,
    config: ConfigOption = None,
    lock: LockOption = DEFAULT_LOCK,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where audit.json and report.html go.")] = "out",
    columns: ColumnsOption = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> int:
    """Audit telemetry: write DIR/audit.json and DIR/report.html, print a summary."""
    from reports import audit_json
    from reports.html import render
    from reports.summary import lines as summary

    audit = _audit(inputs, schema, config, lock, None, quiet or json_output, columns, sample, statements, edges)
    folder = Path(out)
    write_text(folder / "audit.json", audit_json.dumps(audit))
    write_text(folder / "report.html", render(audit))
    if json_output:
        _print_json(_figures(audit) | {"out": out})
    elif not quiet:
        say(summary(audit))
        say(["", f"Written: {folder / 'report.html'} (for people), {folder / 'audit.json'} (for machines)."])
        if audit.verdict.state == "not_approved":
            at = "" if lock == DEFAULT_LOCK else f" --lock {lock}"
            say([f"To approve after review: auditor approve --audit {out}{at} ID... (or --all), then commit {lock}."])
    return 0


@app.command(epilog="Example: auditor check traces/ --schema ddl/   or   auditor check --audit out/audit.json")
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
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> int:
    """The gate: exit 0 when nothing is new, 1 on an exposure not in the lock, 3 when telemetry is too thin to say."""
    from reports.explain import story

    found = _audit(inputs, schema, config, lock, audit, quiet or json_output, columns, sample, statements, edges)
    new = [exposure for exposure in found.exposures if exposure.state == "new"]
    if json_output:
        _print_json(_figures(found) | {"new": [asdict(e) for e in new], "not_seen": list(found.not_seen)})
    elif not quiet:
        verdict = {"pass": "PASSED", "not_approved": "NOT APPROVED", "inconclusive": "INCONCLUSIVE"}
        say([f"{verdict[found.verdict.state]}: {'; '.join(found.verdict.reasons)}"])
        for exposure in sorted(new, key=lambda e: (e.category, e.sink)):
            say(["", *story(found, exposure)])
        if found.not_seen:
            say(["", f"{count(len(found.not_seen), 'approved exposure')} not seen this time: never read as removed."])
        if new:
            say(["", "To approve after review: auditor approve ID... (same inputs), or --all; then commit the lock."])
    return EXIT[found.verdict.state]


@app.command(epilog="Example: auditor approve traces/ --schema ddl/ --all --reason 'first baseline'")
def approve(
    inputs_or_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[INPUT | ID]...", help="Telemetry, and ids of exposures (e1-...).")
    ] = None,
    schema: SchemaOption = None,
    sample: SampleOption = 0,
    statements: StatementsOption = None,
    edges: EdgesOption = None,
    config: ConfigOption = None,
    lock: LockOption = DEFAULT_LOCK,
    audit: AuditOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Approve every exposure that the audit saw.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who approves.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why: a sentence for the next reviewer.")] = "",
    columns: ColumnsOption = None,
    quiet: QuietOption = False,
) -> int:
    """Write approvals into the lock. The reviewed change of that file is the approval."""
    from auditor.lockfile import load_lock, save_lock
    from lineage.policy import approve as approve_exposures

    ids = [word for word in inputs_or_ids or [] if word.startswith("e1-") and not Path(word).exists()]
    inputs = [word for word in inputs_or_ids or [] if word not in ids]
    if not ids and not everything:
        raise UsageProblem("say which exposures: ids (e1-...), or --all")
    found = _audit(inputs, schema, config, lock, audit, quiet, columns, sample, statements, edges)
    if not found.scope.spans:
        raise InputError("no spans were read: there is nothing to approve")
    before = load_lock(lock)
    who = by or os.environ.get("USER") or os.environ.get("USERNAME") or "unknown"
    today = datetime.now(UTC).date().isoformat()
    after, unknown = approve_exposures(found, before, None if everything else ids, by=who, at=today, reason=reason)
    if unknown:
        raise UsageProblem(f"not in this audit: {', '.join(unknown)}")
    save_lock(after, lock)
    if not quiet:
        added = len(after.approvals) - len(before.approvals if before else ())
        say([f"{lock}: {count(added, 'exposure')} approved now, {len(after.approvals)} in all. Review and commit it."])
    return 0


@app.command(epilog="Example: auditor explain e1-0123456789abcdef --audit out   or   auditor explain users.email")
def explain(
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="ID | FIELD", help="An exposure (e1-...), a flow (f1-...), or fields: store/table.column, *.email."
        ),
    ],
    audit: AuditOption = "out",
) -> int:
    """Tell an exposure's story, or a field's: its labels, why, who touches it, and how to correct it."""
    from auditor.annotations.story import stories
    from auditor.audits import load_audit
    from reports.explain import story

    found = load_audit(audit or "out")
    told = [e for e in found.exposures if wanted == e.id or wanted in e.flows]
    for exposure in told:
        say(story(found, exposure))
    if not told:
        who = os.environ.get("USER") or os.environ.get("USERNAME") or "unknown"
        lines = list(stories(found, wanted, who, datetime.now(UTC).date().isoformat()))
        if not lines:
            raise UsageProblem(f"{wanted}: no exposure, flow or field of this id or pattern in {audit}")
        say(lines)
    return 0


@app.command(epilog="Example: auditor report out/audit.json --format csv > flows.csv")
def report(
    audit: Annotated[str, typer.Argument(metavar="AUDIT", help="DIR/audit.json or DIR.")],
    format_: Annotated[
        str, typer.Option("--format", help="html, json, csv, text, or collector: stops telemetry leaks.")
    ] = "html",
) -> int:
    """Render a finished audit to standard output."""
    from auditor.audits import load_audit
    from reports import audit_json
    from reports.collector import collector_config
    from reports.html import render
    from reports.summary import lines as summary
    from reports.table import flows_csv

    renderers: dict[str, Callable[[Audit], str]] = {
        "html": render,
        "json": audit_json.dumps,
        "csv": flows_csv,
        "collector": collector_config,
        "text": lambda a: "\n".join(summary(a)) + "\n",
    }
    if format_ not in renderers:
        raise UsageProblem(f"--format must be one of: {', '.join(renderers)}")
    sys.stdout.write(renderers[format_](load_audit(audit)))
    return 0


@app.command(epilog='Example: echo \'{"table": "users", "column": "dob"}\' | auditor classify --format jsonl -')
def classify(
    source: Annotated[str, typer.Argument(metavar="FILE", help="A file of fields, or - for standard input.")] = "-",
    format_: Annotated[str, typer.Option("--format", help="jsonl: one JSON object a line, in and out.")] = "jsonl",
    config: ConfigOption = None,
) -> int:
    """Label fields: {"table", "column", "type"?, "comment"?, "values"?} in, labels with evidence out."""
    from auditor.classify import answers
    from auditor.config import load_config

    settings = load_config(config)
    return _jsonl(source, format_, lambda rows: answers(rows, settings))


@app.command(epilog='Example: echo \'{"id": 1, "sql": "SELECT ssn FROM users"}\' | auditor sql --format jsonl -')
def sql(
    source: Annotated[str, typer.Argument(metavar="FILE", help="A file of statements, or - for standard input.")] = "-",
    format_: Annotated[str, typer.Option("--format", help="jsonl: one JSON object a line, in and out.")] = "jsonl",
) -> int:
    """Read SQL: {"id", "sql", "dialect"?, "schema"?} in; tables, columns with roles, and outputs out."""
    from auditor.sqlworker import StatementReader
    from lineage.sql.jsonl import answer

    with StatementReader() as reader:
        return _jsonl(source, format_, lambda rows: (answer(row, reader) for row in rows))


@app.command(epilog="Example: auditor serve --audit out   then open http://127.0.0.1:8080/report")
def serve(
    audit: Annotated[str, typer.Option("--audit", metavar="DIR", help="The folder of a finished audit.")] = "out",
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.", min=0, max=65535)] = 8080,
) -> int:
    """Serve an audit over HTTP: /report for people, /api/... for programs. Read-only, no authentication."""
    if host not in ("127.0.0.1", "localhost", "::1"):
        raise UsageProblem("--host: only loopback addresses, since there is no authentication; put a proxy before it")
    import uvicorn

    from auditor.audits import load_audit

    load_audit(audit)
    os.environ["AUDITOR_AUDIT_DIR"] = str(Path(audit))
    say([f"Serving {audit} at http://{host}:{port}/report (and /api/..., /openapi.json); stop with Ctrl-C."])
    # No access log: it would repeat what people search for.
    options: dict[str, Any] = {"access_log": False, "server_header": False, "log_level": "warning"}
    uvicorn.run("api.app:create_app", factory=True, host=host, port=port, **options)
    return 0


def main() -> None:
    """Entry point of the console script: maps every outcome to an exit code, 1 only ever from the gate."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code; nothing is raised."""
    try:
        result = app(arguments, prog_name="auditor", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except typer.TyperException as error:
        complain(error.format_message())
        return 2
    except AuditorError as error:
        complain(str(error))
        return 2
    except (typer.Abort, KeyboardInterrupt):
        complain("stopped before it was done: nothing was decided")
        return 2
    except SystemExit as stop:  # the framework's own end, as when nobody reads our output any more
        return 2 if stop.code else 0
    except Exception as error:  # no unforeseen failure may look like a verdict, or quote input
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        places = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
        complain(f"internal error ({type(error).__name__} at {places}); please report this line")
        return 2


def _audit(
    inputs: list[str] | None,
    schema: list[str] | None,
    config: str | None,
    lock: str,
    audit: str | None,
    quiet: bool,
    columns: str | None,
    sample: int,
    statements: list[str] | None,
    edges: list[str] | None,
) -> Audit:
    from auditor.audit import run_audit, with_lock
    from auditor.audits import load_audit
    from auditor.config import load_config, with_columns
    from auditor.lockfile import load_lock
    from auditor.material import Sources

    locked = load_lock(lock)
    if audit is not None:
        if inputs or schema:
            raise UsageProblem("give INPUT... with --schema, or --audit, not both")
        return with_lock(load_audit(audit), locked)
    if not inputs:
        raise UsageProblem("no INPUT: name a file or folder of traces, - for standard input, or --audit DIR")
    with progress_bar(quiet) as progress:
        settings = with_columns(load_config(config), columns)
        sources = Sources(inputs, schema or (), sample, statements or (), edges or ())
        return run_audit(sources, settings, locked, progress)


def _figures(audit: Audit) -> dict[str, Any]:
    states = [exposure.state for exposure in audit.exposures]
    return {
        "verdict": audit.verdict.state,
        "reasons": list(audit.verdict.reasons),
        "spans": audit.scope.spans,
        "traces": audit.scope.traces,
        "services": len(audit.services),
        "stores": len(audit.stores),
        "outsiders": len(audit.outsiders),
        "sensitive_fields": sum(bool(field.labels) for field in audit.fields),
        "flows": len(audit.flows),
        "exposures": {state: states.count(state) for state in sorted(set(states))},
        "leaks": len(audit.leaks),
        "gaps": len(audit.gaps),
    }


def _print_json(data: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(data, indent=1) + "\n")


def _jsonl(
    source: str, format_: str, answers: Callable[[Iterable[dict[str, object]]], Iterable[dict[str, object]]]
) -> int:
    if format_ != "jsonl":
        raise UsageProblem("--format must be jsonl")
    try:
        stream = sys.stdin.buffer if source == "-" else open(source, "rb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror})") from None
    with stream:
        for answer in answers(_rows(stream, source)):
            sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _rows(stream: Iterable[bytes], source: str) -> Iterator[dict[str, object]]:
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError(f"{source}: line {number}: is not JSON") from None
        if not isinstance(row, dict):
            raise InputError(f"{source}: line {number}: is not a JSON object")
        yield row
