"""`auditor init`: a documented start of the state folder."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.asked import Asked, asking, found_audit, user
from auditor.console import say
from auditor.errors import InputError, UsageProblem
from auditor.files import write_text
from auditor.gate import clock
from reports.text import count

if TYPE_CHECKING:
    from auditor.gate.folder import Folder
    from lineage.audit import Audit

REASON = "baseline: as it was found, not reviewed one by one"


@asking()
def init(
    asked: Asked,
    by: Annotated[str, typer.Option("--by", help="Who takes the baseline over.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why the baseline is taken over.")] = REASON,
    empty: Annotated[bool, typer.Option("--empty", help="Approve nothing: every exposure is to be decided.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> int:
    """Start the state folder with what is there today.

    Writes a policy with comments, no waivers, and a lock of everything that the audit saw.
    """

    from auditor.gate.folder import Folder

    folder = Folder(Path(asked.lock))
    there = [str(file) for file in (folder.lock, folder.policy, folder.waivers) if file.exists()]
    if there and not force:
        raise UsageProblem(f"{', '.join(there)}: there already; --force overwrites")
    found = found_audit(asked)
    if not found.scope.spans:
        raise InputError("no spans were read: there is nothing to start from")
    write_text(folder.policy, _template("policy.toml"))
    write_text(folder.waivers, _template("waivers.toml"))
    refused, left = _baseline(found, folder, by or user(), reason, empty)
    if not asked.quiet:
        say(f"Written: {file}" for file in (folder.policy, folder.waivers, folder.lock))
        say(f"  not approved, against a rule: {id_}" for id_ in refused)
        say([f"{count(left, 'exposure')} still to be decided: auditor check.", "Review and commit the folder."])
    return 0


def _baseline(found: Audit, folder: Folder, by: str, reason: str, empty: bool) -> tuple[tuple[str, ...], int]:
    """Write the lock; the ids that no approval can lift, and how many exposures it leaves to be decided."""
    from auditor.gate.policyfile import load_policy
    from auditor.lockfile import save_lock
    from lineage.gate.approve import Word, approve
    from lineage.gate.judge import judge
    from lineage.gate.policy import Standards

    standards = Standards(load_policy(folder.policy), (), clock.today())
    judged = judge(replace(found, not_seen=()), None, standards)
    word = Word(by, clock.today().isoformat(), reason)
    done = approve(judged, None, () if empty else None, word, standards.policy.denying)
    save_lock(done.lock, str(folder.lock))
    after = judge(judged, done.lock, standards)
    return done.refused, sum(exposure.state in ("new", "violation") for exposure in after.exposures)


def _template(name: str) -> str:
    return resources.files("auditor.gate").joinpath("start", name).read_text(encoding="utf-8")
