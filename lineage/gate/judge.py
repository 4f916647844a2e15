"""The gate: exposures and leaks against rules, approvals and waivers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from classifiers.taxonomy import read_as
from lineage.audit import Audit, Exposure
from lineage.declarations import approvals_of
from lineage.diff import leak_id
from lineage.findings import Waiver
from lineage.gate.findings import findings, texts_of
from lineage.gate.floors import thin
from lineage.gate.judged import Judged, State
from lineage.gate.moved import Renames
from lineage.gate.policy import PLAIN, Policy, Standards
from lineage.gate.rules import Decided, decide
from lineage.gate.subjects import Subject, subjects_of
from lineage.gate.verdict import verdict
from lineage.gate.waivers import expired, too_long
from lineage.lock import Approval, Lock
from lineage.model import Leak

_T = TypeVar("_T")


def judge(audit: Audit, lock: Lock | None, standards: Standards = PLAIN) -> Audit:
    """The audit with the state of each exposure and leak, findings, what was not seen of the lock, and the verdict."""
    policy, renames = standards.policy, Renames(standards.policy.moved)
    judged = judge_each(audit, lock, standards)
    seen = renames.seen(audit)
    audit = replace(
        audit,
        exposures=tuple(_exposure(exposure, judged[exposure.id]) for exposure in audit.exposures),
        leaks=tuple(_leak(leak, judged[_id(leak)]) for leak in audit.leaks),
        approvals=approvals_of(lock),
        not_seen=tuple(sorted({approval.id for approval in (lock.approvals if lock else ())} - seen)),
    )
    shallow = tuple(thin(audit, lock, policy.floors, renames))
    found = findings(tuple(judged.values()), standards, seen, shallow)
    audit = replace(audit, findings=found, rules=texts_of(audit, found, policy.rules))
    return replace(audit, verdict=verdict(audit, shallow))


def judge_each(audit: Audit, lock: Lock | None, standards: Standards) -> dict[str, Judged]:
    """What the gate thinks of each exposure and leak, by its id."""
    with read_as(audit.readings):
        subjects = subjects_of(audit, standards.policy.owners)
    former = Renames(standards.policy.moved).ids(audit)
    approvals = {approval.id: approval for approval in (lock.approvals if lock else ())}
    waivers = {waiver.id: waiver for waiver in standards.waivers}
    return {
        id_: _judge(subject, _first(approvals, (id_, *former[id_])), _first(waivers, (id_, *former[id_])), standards)
        for id_, subject in subjects.items()
    }


def state_of(policy: Policy, subject: Subject, approved: bool) -> tuple[State, Decided]:
    """The state of something by rules and its approval alone, and the rules that made it."""
    decided = decide(policy.rules, subject)
    if decided.effect == "deny":
        return "violation", decided
    if decided.effect == "allow" or (approved and not (decided.needs_purpose and not subject.purpose)):
        return "approved", decided
    if decided.effect is None and subject.is_leak:
        return "told", decided
    return "new", decided


def _judge(subject: Subject, approval: Approval | None, waiver: Waiver | None, standards: Standards) -> Judged:
    if approval is not None:
        subject = replace(subject, purpose=approval.purpose)
    state, decided = state_of(standards.policy, subject, approval is not None)
    most = standards.policy.limits.most_for(subject, decided.longest_waiver)
    honoured = (
        waiver is not None
        and state in ("new", "violation")
        and not expired(waiver, standards.today)
        and not too_long(waiver, most, standards.today)
    )
    return Judged(subject, decided, "waived" if honoured else state, approval, waiver, most, honoured)


def _exposure(exposure: Exposure, judged: Judged) -> Exposure:
    state = judged.state
    assert state != "told"
    waiver = judged.waiver if judged.honoured else None
    return replace(exposure, state=state, rules=judged.decided.ids, waiver=waiver, purpose=judged.subject.purpose)


def _leak(leak: Leak, judged: Judged) -> Leak:
    waiver = judged.waiver if judged.honoured else None
    return replace(leak, id=judged.subject.id, state=judged.state, rules=judged.decided.ids, waiver=waiver)


def _id(leak: Leak) -> str:
    return leak_id(leak.service, leak.attribute, leak.category)


def _first(known: Mapping[str, _T], ids: Iterable[str]) -> _T | None:
    """Its own first, then those under former names."""
    return next((known[id_] for id_ in ids if id_ in known), None)
