"""`auditor verify`: is an audit's folder, or a log of proposals, still what was written?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from auditor.console import say
from auditor.errors import UsageProblem

app = typer.Typer(rich_markup_mode=None)


@app.command("verify", epilog="Example: auditor verify out traces.otlp.jsonl.gz   or   auditor verify proposals.jsonl")
def verify(
    folder: Annotated[
        str, typer.Argument(metavar="DIR | LOG", help="The folder of a finished audit, or the log of proposals.")
    ] = "out",
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Inputs, configuration or lock to compare as well.")
    ] = None,
    expect: Annotated[
        str | None, typer.Option("--expect", metavar="SHA256", help="The hash that was kept elsewhere.")
    ] = None,
) -> int:
    """Compare an audit's files with its manifest.

    And with the manifests before it: exit 1 names what was changed.

    Of a log of proposals: whether an entry was changed, removed, moved or cut off.
    """
    from auditor.manifest import NAME, check, sha256

    if Path(folder).is_file():
        return _log(Path(folder), files or [], expect)
    wrong = check(Path(folder), [Path(file) for file in files or ()], expect)
    if wrong:
        say(["CHANGED:", *(f"  {line}" for line in wrong)])
        return 1
    digest = sha256((Path(folder) / NAME).read_bytes())
    say([f"UNCHANGED: {folder} is what the audit wrote.", f"SHA-256 of its manifest, to keep elsewhere: {digest}"])
    return 0


def _log(file: Path, files: Sequence[str], expect: str | None) -> int:
    from auditor import ledger

    if files:
        raise UsageProblem("nothing can be compared with a log: give the log alone")
    wrong, digest = ledger.check(file, expect)
    if wrong:
        say(["CHANGED:", *(f"  {file}: {line}" for line in wrong)])
        return 1
    say([f"UNCHANGED: {file} is what was written.", f"Digest of its last entry, to keep elsewhere: {digest}"])
    return 0
