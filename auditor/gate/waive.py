"""`auditor waive` and `auditor renew`: leave for a time, with a reason and an owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.asked import Asked, Gated, gated
from auditor.console import say
from auditor.errors import UsageProblem
from auditor.files import DEFAULT_LOCK
from auditor.gate import clock
from auditor.gate.spans_of_time import day_of, days_of
from auditor.options import ConfigOption, FindOption, LockOption
from lineage.findings import WAIVER_KINDS, Waiver

if TYPE_CHECKING:
    from lineage.gate.judged import Judged

ReasonOption = Annotated[str, typer.Option("--reason", help="Why: a sentence for whoever reads it when it ends.")]
OwnerOption = Annotated[str, typer.Option("--owner", help="Who answers for it.")]
ExpiresOption = Annotated[
    str | None, typer.Option("--expires", metavar="DAY | SPAN", help="The last day (2026-01-31), or 30d, 6w.")
]


def waive(
    id_: Annotated[str, typer.Argument(metavar="ID", help="An exposure (e1-...) or a leak (l1-...) of the audit.")],
    reason: ReasonOption = "",
    owner: OwnerOption = "",
    expires: ExpiresOption = None,
    kind: Annotated[str, typer.Option("--kind", help=", ".join(WAIVER_KINDS))] = WAIVER_KINDS[0],
    audit: FindOption = "out",
    lock: LockOption = DEFAULT_LOCK,
    config: ConfigOption = None,
) -> int:
    """Let an exposure that is not approved pass for a time.

    Writes waivers.toml; the reviewed change of that file is the leave.
    """
    from auditor.gate.folder import Folder
    from auditor.gate.waiver_edits import add_waiver
    from lineage.gate.findings import says

    if not any(map(str.isalnum, reason)) or not any(map(str.isalnum, owner)):
        raise UsageProblem("a waiver needs --reason and --owner, in words")
    if kind not in WAIVER_KINDS:
        raise UsageProblem(f"--kind must be one of: {', '.join(WAIVER_KINDS)}")
    found = gated(Asked(None, lock, config=config, audit=audit))
    judged = _judged(found)
    if id_ not in judged:
        raise UsageProblem(f"{id_}: no exposure or leak of this id in {audit}")
    if any(waiver.id == id_ for waiver in found.decisions.standards.waivers):
        raise UsageProblem(f"{id_} is waived already: auditor renew {id_}")
    today, one = clock.today(), judged[id_]
    last = _asked(expires, one.most_days, found, today)
    waiver = Waiver(id_, reason, owner, last.isoformat(), kind, today.isoformat(), says(one.subject)[:400])
    file = Folder(Path(lock)).waivers
    add_waiver(file, waiver)
    say([f"{file}: {waiver.about}", f"  waived until {waiver.expires}, {owner}. Review and commit it."])
    if one.state not in ("new", "violation", "waived"):
        say([f"  It is {one.state} already, so this waiver is not needed."])
    return 0


def renew(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Waivers to renew.")] = None,
    expiring: Annotated[
        str | None, typer.Option("--expiring", metavar="SPAN", help="All that end within it or have ended: 6w, 30d.")
    ] = None,
    reason: ReasonOption = "",
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it now. Default: as before.")] = "",
    expires: ExpiresOption = None,
    audit: FindOption = "out",
    lock: LockOption = DEFAULT_LOCK,
    config: ConfigOption = None,
) -> int:
    """Give waivers a new end, with a fresh reason."""

    from auditor.gate.folder import Folder
    from auditor.gate.waiver_edits import change_waivers

    if not any(map(str.isalnum, reason)):
        raise UsageProblem("to renew is to decide again: say why with --reason")
    if not ids and not expiring:
        raise UsageProblem("say which waivers: ids, or --expiring 6w")
    found = gated(Asked(None, lock, config=config, audit=audit))
    today, waivers = clock.today(), found.decisions.standards.waivers
    unknown = sorted(set(ids or ()) - {waiver.id for waiver in waivers})
    if unknown:
        raise UsageProblem(f"no waiver of {', '.join(unknown)}")
    limit = (today + timedelta(days=days_of(expiring, "--expiring"))).isoformat() if expiring else ""
    chosen = [waiver for waiver in waivers if waiver.id in (ids or ()) or waiver.expires <= limit]
    limits = _limits(found)
    changed = []
    for waiver in chosen:
        last = _asked(expires, limits.get(waiver.id) or _had(waiver, found), found, today)
        new = replace(waiver, reason=reason, owner=owner or waiver.owner, created=today.isoformat())
        changed.append(replace(new, expires=last.isoformat()))
    file = Folder(Path(lock)).waivers
    if changed:
        change_waivers(file, changed)
    say(f"  {waiver.id} until {waiver.expires}, {waiver.owner}" for waiver in changed)
    say([f"{file}: {len(changed)} renewed." + (" Review and commit it." if changed else "")])
    return 0


def _judged(found: Gated) -> Mapping[str, Judged]:
    from lineage.gate.judge import judge_each

    return judge_each(found.audit, found.decisions.lock, found.decisions.standards)


def _limits(found: Gated) -> dict[str, int]:
    """The most days for each waiver of something that the audit saw, also under a former name."""
    return {one.waiver.id: one.most_days for one in _judged(found).values() if one.waiver is not None}


def _had(waiver: Waiver, found: Gated) -> int:
    """The most days for a waiver of what the audit did not see: what it had: nothing says that it may have more."""
    usual = found.decisions.standards.policy.limits.usual
    if not waiver.created:
        return min(usual, 30)
    return max(1, min(usual, (date.fromisoformat(waiver.expires) - date.fromisoformat(waiver.created)).days))


def _asked(expires: str | None, most: int, found: Gated, today: date) -> date:
    """The waiver's last day: what was asked for, else the usual time."""
    asked = day_of(expires, "--expires", today) if expires else None
    try:
        return last_day(asked, most, found.decisions.standards.policy.limits.usual, today)
    except ValueError as error:
        raise UsageProblem(f"--expires: {error}") from None


def last_day(asked: date | None, most: int, usual: int, today: date) -> date:
    """The last day of a waiver that may run `most` days: the day asked for, else after the usual time.

    Raises ValueError, in words, for a day that it cannot be.
    """
    last = asked or today + timedelta(days=min(usual, most))
    if last < today:
        raise ValueError("it lies in the past")
    if last > today + timedelta(days=most):
        raise ValueError(f"{most} days are the most for it, until {today + timedelta(days=most)}")
    return last
