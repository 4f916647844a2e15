"""`auditor backup` and `auditor restore`: a folder of the live service, whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.console import say
from reports.text import count

app = typer.Typer(rich_markup_mode=None)
ToOption = Annotated[str, typer.Option("--to", metavar="DIR", help="A folder that is not there yet.")]


@app.command("backup", epilog="Example: auditor backup /var/lib/auditor --to /backup/auditor-2026-03-01")
def backup(folder: Annotated[str, typer.Argument(metavar="DIR", help="The service's folder.")], to: ToOption) -> int:
    """Copy a folder of the live service while it runs.

    As of one moment, with a list of what is in the copy.
    """
    from auditor.operation.archive import make

    files = make(Path(folder), Path(to))
    say([f"{to}: {count(files, 'file')} copied from {folder}", f"To use it: auditor restore {to} --to DIR"])
    return 0


@app.command("restore", epilog="Example: auditor restore /backup/auditor-2026-03-01 --to /var/lib/auditor")
def restore(folder: Annotated[str, typer.Argument(metavar="BACKUP", help="A backup's folder.")], to: ToOption) -> int:
    """Check a backup, and copy it to where it is to be used."""
    from auditor.operation.archive import bring_back

    files = bring_back(Path(folder), Path(to))
    say([f"{to}: {count(files, 'file')} copied from {folder}, all as they were backed up"])
    return 0
