"""`auditor draw`: the diagram alone, whole or around one party, as a picture for other documents."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from auditor.console import complain
from auditor.errors import UsageProblem

app = typer.Typer(rich_markup_mode=None)


@app.command("draw", epilog="Example: auditor draw out --focus portal --depth 2 > portal.svg")
def draw(
    audit: Annotated[str, typer.Argument(metavar="AUDIT", help="DIR/audit.json or DIR.")] = "out",
    focus: Annotated[
        str | None, typer.Option("--focus", metavar="NAME", help="A service, store, host or queue.")
    ] = None,
    depth: Annotated[int, typer.Option("--depth", metavar="N", min=0, help="How many exchanges around it.")] = 1,
    category: Annotated[str | None, typer.Option("--category", metavar="KEY", help="Only this category.")] = None,
) -> int:
    """Draw who sends what to whom, as SVG.

    On standard output; what is left out is said on standard error.
    """
    from auditor.audits import load_audit
    from reports.focus import carrying
    from reports.focus import focus as around
    from reports.picture_file import picture_file

    found = load_audit(audit)
    if focus is not None:
        try:
            found = around(found, focus, depth)
        except KeyError:
            raise UsageProblem(
                f"{focus}: no service, store, outside party or channel of this audit has that name"
            ) from None
    if category is not None:
        found = carrying(found, category)
    text, omitted = picture_file(found)
    sys.stdout.write(text)
    if omitted:
        complain(omitted)
    return 0
