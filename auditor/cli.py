"""The `auditor` command. Exit codes: 0 pass, 1 verdict against, 2 usage or tool error, 3 inconclusive.

Commands import what they need when they run: the libraries behind an audit take longer to load than `--help` should.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.access.command import app as token
from auditor.answers import figures, print_json
from auditor.ask import app as ask
from auditor.asked import Asked, asking, gated
from auditor.console import complain, say
from auditor.draw import app as draw
from auditor.errors import AuditorError, UsageProblem, places_of
from auditor.files import DEFAULT_LOCK, write_text
from auditor.gate.approve import approve
from auditor.gate.check import check
from auditor.gate.diff import diff
from auditor.gate.lint import lint
from auditor.gate.policy_command import app as policy
from auditor.gate.pruning import prune
from auditor.gate.starting import init
from auditor.gate.waive import renew, waive
from auditor.index.command import index
from auditor.linewise import classify, sql
from auditor.operation.backup import app as backup
from auditor.operation.doctor import app as doctor
from auditor.operation.serving import serve
from auditor.options import AuditOption, CategoryOption, FormatOption, JsonOption, LockOption
from auditor.services import app as services
from auditor.verify import app as verify

if TYPE_CHECKING:
    from auditor.outputs import Output
    from lineage.audit import Audit

app = typer.Typer(
    name="auditor",
    help="Which of your services touch which personal data, by which path, with what evidence.",
    epilog="Example: auditor scan traces/ --schema ddl/ --out out   then open out/report.html. "
    "Exit codes: 0 pass, 1 not approved, 2 usage or tool error, 3 inconclusive telemetry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(ask)
app.add_typer(verify)
app.add_typer(draw)
app.add_typer(token)
app.add_typer(services)
app.add_typer(backup)
app.add_typer(doctor)


@app.command(
    epilog="Example: auditor scan traces.otlp.jsonl.gz --schema schema.sql --out out   or   "
    "auditor scan jaeger+http://jaeger:16686 --from 24h --service checkout",
)
@asking("audit")
def scan(
    asked: Asked,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where audit.json and report.html go.")] = "out",
    json_output: JsonOption = False,
) -> int:
    """Audit telemetry, for people and for machines.

    Writes DIR/report.html, DIR/audit.json and DIR/manifest.json, and prints a summary.
    """
    from auditor.config import config_file
    from auditor.manifest import write_manifest
    from reports import audit_json
    from reports.html import render
    from reports.summary import lines as summary

    audit = gated(replace(asked, quiet=asked.quiet or json_output)).audit
    folder = Path(out)
    write_text(folder / "audit.json", audit_json.dumps(audit))
    write_text(folder / "report.html", render(audit))
    write_manifest(folder, audit, config_file(asked.config), Path(asked.lock))
    if json_output:
        print_json(figures(audit) | {"out": out})
    elif not asked.quiet:
        say(summary(audit))
        say(["", f"Written: {folder / 'report.html'} (for people), {folder / 'audit.json'} (for machines)."])
        if audit.verdict.state == "not_approved":
            lock = asked.lock
            at = "" if lock == DEFAULT_LOCK else f" --lock {lock}"
            say([f"To approve after review: auditor approve --audit {out}{at} ID... (or --all), then commit {lock}."])
    return 0


app.command(epilog="Example: auditor check traces/ --schema ddl/   or   auditor check --audit out/audit.json")(check)
app.command(epilog="Example: auditor approve traces/ --schema ddl/ --all --reason 'first baseline'")(approve)
app.command(epilog="Example: auditor init traces/ --schema ddl/   or   auditor init --audit out")(init)
app.command(epilog="Example: auditor diff traces/ --schema ddl/   or   auditor diff --audit out --json")(diff)
app.command(epilog="Example: auditor waive e1-0123456789abcdef --reason 'until v2' --owner 'web team'")(waive)
app.command(epilog="Example: auditor renew --expiring 6w --reason 'the fix comes in May'")(renew)
app.command(epilog="Example: auditor prune --unseen-for 90d --audit out/january --audit out/march")(prune)
app.command(epilog="Example: auditor lint   (exit 2 when something has to be mended)")(lint)
app.add_typer(policy)


app.command(epilog="Example: auditor index traces/ --store kept   then auditor scan --store kept --from 24h")(index)


@app.command(epilog="Example: auditor explain e1-0123456789abcdef --audit out   or   auditor explain users.email")
def explain(
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="ID | FIELD",
            help="An exposure (e1-...), a flow (f1-...), a leak (l1-...), or fields: store/table.column, *.email.",
        ),
    ],
    audit: AuditOption = "out",
) -> int:
    """Tell an exposure's story, or a field's.

    Its labels, why it has them, who touches it, and how to correct it.
    """
    from auditor.annotations.story import stories
    from auditor.audits import load_audit
    from reports.explain import full_story, leak_story

    found = load_audit(audit or "out")
    told = [e for e in found.exposures if wanted == e.id or wanted in e.flows]
    for exposure in told:
        say(full_story(found, exposure))
    leaks = [leak for leak in found.leaks if leak.id == wanted]
    for leak in leaks:
        say(leak_story(found, leak))
    if not told and not leaks:
        who = os.environ.get("USER") or os.environ.get("USERNAME") or "unknown"
        lines = list(stories(found, wanted, who, datetime.now(UTC).date().isoformat()))
        if not lines:
            raise UsageProblem(f"{wanted}: no exposure, flow or field of this id or pattern in {audit}")
        say(lines)
    return 0


@app.command(epilog="Example: auditor report out --format csv > flows.csv   or   --format sarif=a.sarif,junit=b.xml")
def report(
    audit: Annotated[str, typer.Argument(metavar="AUDIT", help="DIR/audit.json or DIR.")],
    format_: FormatOption = None,
    schema: Annotated[
        list[str] | None,
        typer.Option("--schema", metavar="PATH", help="Schema files that findings point into."),
    ] = None,
    lock: LockOption = DEFAULT_LOCK,
    category: CategoryOption = "",
) -> int:
    """Render a finished audit, as HTML when no format is asked for."""
    from auditor.audits import load_audit

    outputs = _outputs(format_ or ["html"])
    _write(load_audit(audit), outputs, lock, schema or [], category)
    return 0


app.command(epilog="""Example: echo '{"table": "users", "column": "dob"}' | auditor classify -""")(classify)
app.command(
    epilog="""Example: echo '{"id": 1, "sql": "SELECT ssn FROM users"}' | auditor sql -   or   """
    "auditor sql --format semconv FILE",
)(sql)
app.command(
    epilog="Example: auditor serve --audit out   or   auditor serve --store kept --schema ddl/   then open "
    "http://127.0.0.1:8080/"
)(serve)


_INTERRUPTED = 130  # what the framework makes of Ctrl-C


def main() -> None:
    """Entry point of the console script: maps every outcome to an exit code, 1 only ever from the gate."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code; nothing is raised."""
    try:
        result = app(arguments, prog_name="auditor", standalone_mode=False)
        if result == _INTERRUPTED:
            raise KeyboardInterrupt
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
        complain(f"internal error ({type(error).__name__} at {places_of(error)}); please report this line")
        return 2


def _outputs(formats: list[str]) -> list[Output]:
    from auditor.outputs import read_outputs

    return read_outputs(formats)


def _write(audit: Audit, outputs: list[Output], lock: str, schemas: list[str], category: str) -> None:
    from auditor.outputs import repository_of, write_outputs

    write_outputs(audit, outputs, repository_of(audit, lock, schemas, category))
