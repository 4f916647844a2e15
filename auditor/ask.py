"""`auditor ask`: questions to a finished audit, answered for people or (`--json`) for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.console import say
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from lineage.audit import Audit

app = typer.Typer(
    name="ask",
    help="Who touches what, where it goes, what a break-in reaches.",
    epilog="Example: auditor ask who-touches user.contact.email --audit out",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_WANTED = "FIELD | CATEGORY"
_WANTED_HELP = "A category (user.contact: with all below it) or fields (store/table.column, users.email, *.email)."
Wanted = Annotated[str, typer.Argument(metavar=_WANTED, help=_WANTED_HELP)]
WantedOrAll = Annotated[str | None, typer.Argument(metavar=f"[{_WANTED}]", help=f"{_WANTED_HELP} Default: all.")]
Service = Annotated[str, typer.Argument(metavar="SERVICE", help="A service's name.")]
AuditOption = Annotated[str, typer.Option("--audit", metavar="DIR", help="A finished audit: DIR/audit.json or DIR.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output on standard output.")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="The most records of each list.")]


@app.command("who-touches", epilog="Example: auditor ask who-touches user.contact.email   or   ... '*.email' --json")
def who_touches(wanted: Wanted, audit: AuditOption = "out", limit: Limit = 50, json_output: JsonOption = False) -> int:
    """Which services touch it, by which operations and roles, on whose behalf, and who is handed it."""
    from lineage.questions.who_touches import who_touches as ask

    return _answer(audit, limit, json_output, lambda found: ask(found, wanted))


@app.command("where-goes", epilog="Example: auditor ask where-goes users.ssn   or   ... user.name --to HOST")
def where_goes(
    wanted: Wanted,
    to: Annotated[str | None, typer.Option("--to", metavar="PARTY", help="All paths to one party.")] = None,
    audit: AuditOption = "out",
    limit: Limit = 50,
    json_output: JsonOption = False,
) -> int:
    """Where it can go, and by which paths: strongest evidence first, then the shortest."""
    from lineage.questions.where_goes import where_goes as ask

    return _answer(audit, limit, json_output, lambda found: ask(found, wanted, to))


@app.command(epilog="Example: auditor ask holds billing --audit out")
def holds(service: Service, audit: AuditOption = "out", limit: Limit = 50, json_output: JsonOption = False) -> int:
    """What a service holds, from whom it has it, and to whom it goes."""
    from lineage.questions.holds import holds as ask

    return _answer(audit, limit, json_output, lambda found: ask(found, service))


@app.command("blast-radius", epilog="Example: auditor ask blast-radius billing")
def blast_radius(
    service: Service, audit: AuditOption = "out", limit: Limit = 50, json_output: JsonOption = False
) -> int:
    """What is within reach of whoever breaks into a service: held, handed, or in stores that it can read."""
    from lineage.questions.blast_radius import blast_radius as ask

    return _answer(audit, limit, json_output, lambda found: ask(found, service))


@app.command("over-reads", epilog="Example: auditor ask over-reads   or   auditor ask over-reads billing")
def over_reads(
    service: Annotated[str | None, typer.Argument(metavar="[SERVICE]", help="Only this service. Default: all.")] = None,
    audit: AuditOption = "out",
    limit: Limit = 50,
    json_output: JsonOption = False,
) -> int:
    """Who reads more than it passes on: fields that an operation reads and no flow takes further."""
    from lineage.questions.over_reads import over_reads as ask

    return _answer(audit, limit, json_output, lambda found: ask(found, service))


@app.command(epilog="Example: auditor ask unread   or   auditor ask unread user.contact   or   ... 'users.*'")
def unread(
    wanted: WantedOrAll = None, audit: AuditOption = "out", limit: Limit = 50, json_output: JsonOption = False
) -> int:
    """Which fields nobody reads: untouched, only written, or only looked up by."""
    from lineage.questions.unread import unread as ask

    return _answer(audit, limit, json_output, lambda found: ask(found, wanted))


@app.command("how-much", epilog="Example: auditor ask how-much user.contact.email")
def how_much(
    wanted: WantedOrAll = None, audit: AuditOption = "out", limit: Limit = 50, json_output: JsonOption = False
) -> int:
    """How often it is touched a day, and how many reads one request from outside sets off."""
    from lineage.questions.how_much import how_much as ask

    return _answer(audit, limit, json_output, lambda found: ask(found, wanted))


def _answer(audit: str, limit: int, json_output: bool, ask: Callable[[Audit], Any]) -> int:
    from auditor.audits import load_audit
    from lineage.questions.bounded import as_json
    from lineage.wanted import UnknownName
    from reports.answers import answer_lines

    found = load_audit(audit)
    try:
        answer = ask(found)
    except UnknownName as unknown:
        raise UsageProblem(str(unknown)) from None
    if json_output:
        sys.stdout.write(json.dumps(as_json(answer, limit), indent=1) + "\n")
    else:
        say(answer_lines(found, answer, limit))
    return 0
