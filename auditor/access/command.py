"""`auditor token`: make, list and revoke the tokens that let callers into the live service."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, cast

import typer

from auditor.access.model import SCOPES, Scope
from auditor.console import say
from auditor.errors import UsageProblem
from auditor.gate.spans_of_time import day_of

app = typer.Typer(
    name="token",
    help="Tokens for the live service: new, list, revoke.",
    epilog="Example: auditor token new collector --scope ingest",
    no_args_is_help=True,
    rich_markup_mode=None,
)

FileOption = Annotated[str, typer.Option("--file", metavar="PATH", help="The file of tokens (serve.tokens).")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Who holds it: collector, ana, ci.")]
DEFAULT_FILE = "tokens.toml"


@app.command("new", epilog="Example: auditor token new collector --scope ingest")
def new(
    name: NameArgument,
    scope: Annotated[
        list[str], typer.Option("--scope", metavar="SCOPE", help=f"{', '.join(SCOPES)}; may be given several times.")
    ],
    expires: Annotated[
        str, typer.Option("--expires", metavar="WHEN", help="The first day it is not good: 90d, 2027-01-31, or never.")
    ] = "365d",
    file: FileOption = DEFAULT_FILE,
) -> int:
    """Make a token and print it, once: only its SHA-256 is kept."""
    from auditor.access.tokenfile import read_token_file, write_token_file
    from auditor.access.tokens import NAME, Token, new_secret

    if not NAME.fullmatch(name):
        raise UsageProblem("NAME: small letters, digits, '.', '_' and '-', at most 63")
    if unknown := set(scope) - set(SCOPES):
        raise UsageProblem(f"--scope: {len(unknown)} of them unknown; there are {', '.join(SCOPES)}")
    path = Path(file)
    tokens = read_token_file(path) if path.exists() else ()
    if any(token.name == name for token in tokens):
        raise UsageProblem(f"{file}: there is a token {name}; revoke it first, or choose another name")
    secret = new_secret()
    scopes = frozenset(cast(Scope, one) for one in scope)
    write_token_file(path, (*tokens, Token(name, secret.digest(), scopes, _end(expires))))
    say([secret.reveal()])
    return 0


@app.command("list", epilog="Example: auditor token list --file /etc/auditor/tokens.toml")
def list_(file: FileOption = DEFAULT_FILE) -> int:
    """Names, scopes and ends; never a token."""
    from auditor.access.tokenfile import read_token_file

    now = datetime.now(UTC)
    for token in read_token_file(Path(file)):
        until = f"until {token.expires:%Y-%m-%d %H:%M}" if token.expires else "without end"
        gone = "" if token.good_at(now) else "  EXPIRED"
        say([f"{token.name}  {' '.join(sorted(token.scopes))}  {until}{gone}"])
    return 0


@app.command("revoke", epilog="Example: auditor token revoke collector")
def revoke(name: NameArgument, file: FileOption = DEFAULT_FILE) -> int:
    """Take a token out of the file; a running service refuses it within a second."""
    from auditor.access.tokenfile import read_token_file, write_token_file

    path = Path(file)
    tokens = read_token_file(path)
    left = [token for token in tokens if token.name != name]
    if len(left) == len(tokens):
        raise UsageProblem(f"{file}: there is no token of that name; auditor token list shows them")
    write_token_file(path, left)
    say([f"{file}: the token {name} is revoked."])
    return 0


def _end(expires: str) -> datetime | None:
    if expires == "never":
        return None
    now = datetime.now(UTC)
    end = datetime.combine(day_of(expires, "--expires", now.date()), time(), UTC)
    if end <= now:
        raise UsageProblem("--expires: that day has come already")
    return end
