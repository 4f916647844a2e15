"""`auditor diff`: what an audit would change in the lock, shown like a plan. Decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from auditor.answers import print_json
from auditor.asked import Asked, asking, gated
from auditor.console import say
from auditor.errors import UsageProblem
from auditor.options import JsonOption


@asking()
def diff(
    asked: Asked,
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
    found = gated(replace(asked, quiet=asked.quiet or json_output))
    made = plan(found.audit, found.decisions.lock, found.decisions.standards, base)
    if json_output:
        print_json(as_json(made))
    else:
        say(lines(found.audit, made))
    return 0
