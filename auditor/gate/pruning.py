"""`auditor prune`: out of the state folder goes what a whole window of audits did not show. Only on request."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.console import say
from auditor.errors import UsageProblem
from auditor.files import DEFAULT_LOCK
from auditor.gate.spans_of_time import days_of
from auditor.options import ConfigOption, LockOption
from reports.text import visible


def prune(
    unseen_for: Annotated[str, typer.Option("--unseen-for", metavar="SPAN", help="Not seen for so long: 90d, 12w.")],
    audit: Annotated[
        list[str], typer.Option("--audit", metavar="DIR", help="A finished audit of the window; repeat it for each.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, and change nothing.")] = False,
    lock: LockOption = DEFAULT_LOCK,
    config: ConfigOption = None,
) -> int:
    """Remove what none of these audits saw.

    Approvals, services and waivers go from the state folder; the reviewed change decides.
    """
    from auditor.audits import load_audit
    from auditor.config import load_config
    from auditor.gate.folder import Folder, load_decisions
    from auditor.gate.waiver_edits import remove_waivers
    from auditor.lockfile import save_lock
    from lineage.gate.floors import rarity
    from lineage.gate.moved import Renames
    from lineage.gate.prune import prune as prune_lock
    from lineage.gate.prune import window_of

    days = days_of(unseen_for, "--unseen-for")
    decisions = load_decisions(lock, load_config(config).categories)
    if decisions.lock is None:
        raise UsageProblem(f"{lock}: there is no lock")
    audits = [load_audit(one) for one in audit]
    empty = [name for name, one in zip(audit, audits, strict=True) if not one.scope.spans]
    window = window_of(audits)
    if empty or window is None:
        raise UsageProblem(f"no spans in {', '.join(empty or audit)}: silence says nothing")
    if window.days < days:
        raise UsageProblem(
            f"the audits cover {window.days} days ({window.first} to {window.last}), and {days} are asked for: "
            "name audits of the whole window, each with --audit"
        )
    renames = Renames(decisions.standards.policy.moved)
    gone = prune_lock(decisions.lock, decisions.standards.waivers, audits, window, days, renames)
    say(f"- {a.category} reaches {a.sink_kind} {visible(a.sink)} {a.id} (approved {a.at})" for a in gone.approvals)
    say(f"- service {visible(name)}" for name in gone.services)
    say(f"- waiver of {waiver.id} ({visible(waiver.owner)})" for waiver in gone.waivers)
    if not dry_run:
        if gone.lock != decisions.lock:
            save_lock(gone.lock, lock)
        if gone.waivers:
            remove_waivers(Folder(Path(lock)).waivers, {waiver.id for waiver in gone.waivers})
    would = "would go" if dry_run else "removed"
    say([f"{len(gone.approvals)} approvals, {len(gone.services)} services, {len(gone.waivers)} waivers {would}."])
    say([f"Looked at {window.first} to {window.last}: {rarity(window.traces)}."])
    return 0
