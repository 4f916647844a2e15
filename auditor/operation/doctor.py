"""`auditor doctor`: would the live service start here, and keep its promises?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from auditor.console import say
from auditor.options import ConfigOption, JsonOption

app = typer.Typer(rich_markup_mode=None)
_SIGN = {"ok": "ok     ", "note": "NOTE   ", "problem": "PROBLEM"}


@app.command("doctor", epilog="Example: auditor doctor --config /etc/auditor/auditor.toml --store /var/lib/auditor")
def doctor(
    config: ConfigOption = None,
    audit: Annotated[str | None, typer.Option("--audit", metavar="DIR", help="The audit that is to be served.")] = None,
    store: Annotated[list[str] | None, typer.Option("--store", metavar="DIR", help="Folders of the service.")] = None,
    online: Annotated[bool, typer.Option("--online", help="Also fetch the keys of the OIDC issuer.")] = False,
    json_output: JsonOption = False,
) -> int:
    """Would the live service start here, and keep its promises?

    Checks settings, tokens, folders, disks, databases, port and clock. Exit 2 when there is a problem.
    """
    from auditor.operation.examine import examine

    found = list(examine(config, audit, [Path(folder) for folder in store or ()], online))
    problems = sum(finding.level == "problem" for finding in found)
    if json_output:
        sys.stdout.write(
            json.dumps({"problems": problems, "findings": [asdict(one) for one in found]}, indent=1) + "\n"
        )
    else:
        say(f"{_SIGN[finding.level]}  {finding.check}: {finding.what}" for finding in found)
        say(["", f"{problems} to mend." if problems else "Nothing to mend."])
    return 2 if problems else 0
