"""`auditor verify`: is an audit's folder still what the audit wrote?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.console import say

app = typer.Typer(rich_markup_mode=None)


@app.command("verify", epilog="Example: auditor verify out   or   auditor verify out traces.otlp.jsonl.gz auditor.toml")
def verify(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The folder of a finished audit.")] = "out",
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Inputs, configuration or lock to compare as well.")
    ] = None,
    expect: Annotated[
        str | None, typer.Option("--expect", metavar="SHA256", help="The hash of its manifest, kept elsewhere.")
    ] = None,
) -> int:
    """Compare an audit's files with its manifest, and the manifests before it: exit 1 names what was changed."""
    from auditor.manifest import NAME, check, sha256

    wrong = check(Path(folder), [Path(file) for file in files or ()], expect)
    if wrong:
        say(["CHANGED:", *(f"  {line}" for line in wrong)])
        return 1
    digest = sha256((Path(folder) / NAME).read_bytes())
    say([f"UNCHANGED: {folder} is what the audit wrote.", f"SHA-256 of its manifest, to keep elsewhere: {digest}"])
    return 0
