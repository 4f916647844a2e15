"""`auditor services`: the service dependency explorer of a finished audit, whole or around one party."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from auditor.console import say
from auditor.errors import UsageProblem
from auditor.options import JsonOption

app = typer.Typer(rich_markup_mode=None)


@app.command("services", epilog="Example: auditor services out   or   auditor services portal --depth 2 out --json")
def services(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME] AUDIT",
            help="A service, store, outside party or channel to look at (default: all), and DIR/audit.json or DIR "
            "(default: out).",
        ),
    ] = None,
    depth: Annotated[int, typer.Option("--depth", metavar="N", min=0, help="How many exchanges around NAME.")] = 1,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="The most records of each list.")] = 50,
    json_output: JsonOption = False,
) -> int:
    """Who calls whom, and what one request sets off.

    How often, how long it takes, how often it fails.
    """
    from auditor.audits import load_audit
    from lineage.explorer import explore
    from lineage.questions.bounded import as_json
    from lineage.wanted import UnknownName, find_party
    from reports.explorer_text import explorer_lines
    from reports.focus import focus

    *names, folder = words or ["out"]
    if len(names) > 1:
        raise UsageProblem("say one NAME at most, then the audit: auditor services [NAME] AUDIT")
    if words and not Path(folder).exists():
        raise UsageProblem(f"{folder}: no such file or folder; the audit comes last: auditor services [NAME] AUDIT")
    audit = part = load_audit(folder)
    if names:
        try:
            part = focus(audit, find_party(audit, names[0]), depth)
        except UnknownName as unknown:
            raise UsageProblem(str(unknown)) from None
    explored = explore(audit, part)
    if json_output:
        sys.stdout.write(json.dumps(as_json(explored, limit), indent=1) + "\n")
    else:
        say(explorer_lines(audit, explored, limit))
    return 0
