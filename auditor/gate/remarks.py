"""What is to be said of a state folder without any telemetry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from auditor.config import load_config
from auditor.errors import AuditorError
from auditor.gate import clock
from auditor.gate.folder import Folder
from auditor.gate.policyfile import load_policy
from auditor.gate.waiverfile import load_waivers
from auditor.lockfile import load_lock, lock_text
from classifiers.taxonomy import CATEGORIES
from lineage.findings import Waiver
from lineage.gate.examples import run
from lineage.gate.policy import Policy
from lineage.gate.waivers import days_left, expired, too_long
from lineage.lock import Lock


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say about a file; an `error` has to be mended, the rest is worth knowing."""

    error: bool
    text: str


def remarks_on(folder: Folder, config: str | None) -> Iterator[Remark]:
    """Every file is looked at, whatever is wrong with the others."""
    own: tuple[str, ...] = ()
    policy, lock = Policy(), None
    waivers: tuple[Waiver, ...] = ()
    try:
        own = load_config(config).categories
    except AuditorError as error:
        yield Remark(True, str(error))
    try:
        policy = load_policy(folder.policy, own)
        yield from _examples(policy, folder.policy)
    except AuditorError as error:
        yield Remark(True, str(error))
    try:
        lock = load_lock(str(folder.lock))
        yield from _lock(lock, folder.lock, own)
    except AuditorError as error:
        yield Remark(True, str(error))
    try:
        waivers = load_waivers(folder.waivers)
    except AuditorError as error:
        yield Remark(True, str(error))
    for waiver in waivers:
        yield from _waiver(waiver, folder.waivers, policy, lock, clock.today())


def _examples(policy: Policy, file: Path) -> Iterator[Remark]:
    failed = [result for result in run(policy) if not result.passed]
    yield from (Remark(True, f"{file}: example '{f.example.title}' ({f.example.place}): {f.told}") for f in failed)


def _lock(lock: Lock | None, file: Path, own: tuple[str, ...]) -> Iterator[Remark]:
    if lock is None:
        yield Remark(False, f"{file}: is not there: every exposure is new")
        return
    if file.read_text(encoding="utf-8") != lock_text(lock):
        yield Remark(True, f"{file}: is not as the auditor writes it (one approval a line, sorted by id)")
    for approval in lock.approvals:
        if approval.category not in CATEGORIES and approval.category not in own:
            yield Remark(True, f"{file}: {approval.id}: unknown category '{approval.category[:80]}'")
        if not _is_day(approval.at):
            yield Remark(True, f"{file}: {approval.id}: 'at' must be a day such as 2026-01-31")


def _waiver(waiver: Waiver, file: Path, policy: Policy, lock: Lock | None, today: date) -> Iterator[Remark]:
    where = f"{file} line {waiver.line}: {waiver.id} ({waiver.owner}: {waiver.reason})"
    if expired(waiver, today):
        yield Remark(True, f"{where}: ended on {waiver.expires}; auditor renew, or remove it")
    elif too_long(waiver, policy.limits.most, today):
        yield Remark(True, f"{where}: runs until {waiver.expires}, and {policy.limits.most} days are the most")
    elif days_left(waiver, today) <= policy.limits.warn:
        yield Remark(False, f"{where}: ends on {waiver.expires}, in {days_left(waiver, today)} days")
    if lock and any(approval.id == waiver.id for approval in lock.approvals):
        yield Remark(False, f"{where}: is approved in the lock too; one of the two is not needed")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
