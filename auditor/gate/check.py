"""`auditor check`: the gate."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from auditor.answers import figures, print_json
from auditor.asked import Asked, asking, gated
from auditor.console import say
from auditor.errors import UsageProblem
from auditor.options import CategoryOption, FormatOption, JsonOption

if TYPE_CHECKING:
    from lineage.audit import Audit

EXIT = {"pass": 0, "not_approved": 1, "inconclusive": 3}


@asking()
def check(
    asked: Asked,
    format_: FormatOption = None,
    category: CategoryOption = "",
    json_output: JsonOption = False,
) -> int:
    """The gate: is everything approved that the audit saw?

    Exit 0 when it is, 1 when something is new or against a rule, 3 when telemetry is too thin to tell.
    """
    from auditor.outputs import read_outputs, repository_of, write_outputs
    from reports.gate_text import lines as gate_lines

    if json_output and format_:
        raise UsageProblem("give --json or --format, not both")
    outputs = read_outputs(format_ or [])  # a mistake is told before the work
    silent = asked.quiet or json_output or any(output.path is None for output in outputs)
    read = None if asked.audit and outputs else asked.schema  # beside a finished audit: files to point into
    found = gated(replace(asked, schema=read, quiet=silent)).audit
    if json_output:
        print_json(_answer(found))
    elif outputs:
        write_outputs(found, outputs, repository_of(found, asked.lock, asked.schema or [], category))
    elif not asked.quiet:
        say(gate_lines(found))
    return EXIT[found.verdict.state]


def _answer(audit: Audit) -> dict[str, object]:
    def exposures(state: str) -> list[dict[str, object]]:
        return [asdict(exposure) for exposure in audit.exposures if exposure.state == state]

    return figures(audit) | {
        "new": exposures("new"),
        "violations": exposures("violation"),
        "leaks_against_rules": [asdict(leak) for leak in audit.leaks if leak.state in ("new", "violation")],
        "not_seen": list(audit.not_seen),
        "findings": [asdict(finding) for finding in audit.findings],
        "notes": list(audit.verdict.notes),
    }
