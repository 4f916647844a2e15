"""`auditor approve`: approvals go into the lock, whose reviewed change is the approval."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.asked import Asked, asking, gated, user
from auditor.console import say
from auditor.errors import InputError, UsageProblem
from auditor.gate import clock
from reports.text import count

if TYPE_CHECKING:
    from lineage.gate.approve import Approved

ID = re.compile(r"[el]1-\S+")


@asking("inputs")
def approve(
    asked: Asked,
    inputs_or_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT | ID]...", help="Telemetry, and ids of exposures (e1-...) or leaks (l1-...)."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Approve every exposure that the audit saw.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who approves.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why: a sentence for the next reviewer.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="What the data is used for there.")] = "",
) -> int:
    """Write approvals into the lock. The reviewed change of that file is the approval."""
    from auditor.lockfile import save_lock
    from lineage.gate.approve import Word
    from lineage.gate.approve import approve as approve_exposures

    ids = [word for word in inputs_or_ids or [] if ID.fullmatch(word) and not Path(word).exists()]
    inputs = [word for word in inputs_or_ids or [] if word not in ids]
    if not ids and not everything:
        raise UsageProblem("say which exposures: ids (e1-...), or --all")
    found = gated(replace(asked, inputs=inputs))
    if not found.audit.scope.spans:
        raise InputError("no spans were read: there is nothing to approve")
    word = Word(by or user(), clock.today().isoformat(), reason, purpose)
    denying = found.decisions.standards.policy.denying
    done = approve_exposures(found.audit, found.decisions.lock, None if everything else ids, word, denying)
    _refuse(done, everything)
    save_lock(done.lock, asked.lock)
    if not asked.quiet:
        say(_told(done, asked.lock))
    return 0


def _refuse(done: Approved, everything: bool) -> None:
    if done.unknown:
        raise UsageProblem(f"not in this audit: {', '.join(done.unknown)}")
    if done.refused and not everything:
        raise UsageProblem(
            f"against a rule that no approval lifts: {', '.join(done.refused)}; mend it, or waive it for a time"
        )


def _told(done: Approved, lock: str) -> list[str]:
    lines = [f"{lock}: {count(len(done.added), 'exposure')} approved now, {len(done.lock.approvals)} in all."]
    lines += [f"  approved in this change: {id_}" for id_ in done.added[:20]]
    if len(done.added) > 20:
        lines.append(f"  and {len(done.added) - 20:,} more")
    lines += [f"  not approved, against a rule: {id_} (mend it, or auditor waive)" for id_ in done.refused]
    return [*lines, "Review and commit it."]
