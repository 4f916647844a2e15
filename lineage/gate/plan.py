"""A plan: what an audit would change in the lock, as a reviewer reads it before deciding."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.audit import Audit, Exposure
from lineage.gate.moved import Renames
from lineage.gate.policy import PLAIN, Standards
from lineage.gate.renames import Proposal, proposals
from lineage.gate.subjects import Subject, subjects_of
from lineage.lock import Approval, Lock
from lineage.model import EVIDENCE, Leak


@dataclass(frozen=True, slots=True)
class Change:
    """An approved exposure that is not what it was: other evidence, or fields that the approval did not know."""

    exposure: Exposure
    approval: Approval
    fields: tuple[str, ...]  # that reach it now and were not there at approval, sorted

    @property
    def stronger(self) -> bool:
        """Whether the evidence is stronger now: what was only possible is seen to happen."""
        before = self.approval.evidence
        return before in EVIDENCE and EVIDENCE.index(self.exposure.evidence) < list(EVIDENCE).index(before)


@dataclass(frozen=True, slots=True)
class Plan:
    """`new` need a decision (against a rule or not), `changed` were approved and differ, `not_seen` is no removal.

    `kept` counts what is approved and as it was. `approved` is what the lock holds and an earlier lock did not: whoever
    approves their own change shows. All sorted by category and sink.
    """

    new: tuple[Exposure, ...]
    new_leaks: tuple[Leak, ...]
    waived: tuple[Exposure, ...]
    changed: tuple[Change, ...]
    not_seen: tuple[Approval, ...]
    kept: int
    renames: tuple[Proposal, ...]
    traces: int
    approved: tuple[Approval, ...] = ()


def plan(audit: Audit, lock: Lock | None, standards: Standards = PLAIN, base: Lock | None = None) -> Plan:
    """Compare a judged audit with the lock that it was judged by, and this lock with an earlier one, `base`."""
    lock = lock or Lock()
    moved = Renames(standards.policy.moved)
    former, subjects = moved.ids(audit), subjects_of(audit, {})
    approvals = {approval.id: approval for approval in lock.approvals}
    changed, kept = [], 0
    for exposure in audit.exposures:
        approval = next((approvals[i] for i in (exposure.id, *former[exposure.id]) if i in approvals), None)
        if approval is None or exposure.state != "approved":
            continue
        change = _change(exposure, approval, subjects[exposure.id], moved)
        kept += change is None
        changed += [change] if change else []
    missing = tuple(sorted((approvals[id_] for id_ in audit.not_seen if id_ in approvals), key=_approval_order))
    new = _sorted(audit, "new", "violation")
    return Plan(
        new,
        tuple(sorted(leak for leak in audit.leaks if leak.state in ("new", "violation"))),
        _sorted(audit, "waived"),
        tuple(sorted(changed, key=lambda change: _order(change.exposure))),
        missing,
        kept,
        proposals([subjects[exposure.id] for exposure in new], missing, lock, audit, moved),
        audit.scope.traces,
        () if base is None else tuple(sorted(set(lock.approvals) - set(base.approvals), key=_approval_order)),
    )


def _change(exposure: Exposure, approval: Approval, subject: Subject, moved: Renames) -> Change | None:
    known = {moved.field(field) for field in approval.fields}
    more = tuple(sorted(set(subject.fields) - known)) if known else ()
    if exposure.evidence == approval.evidence and not more:
        return None
    return Change(exposure, approval, more)


def _sorted(audit: Audit, *states: str) -> tuple[Exposure, ...]:
    return tuple(sorted((e for e in audit.exposures if e.state in states), key=_order))


def _order(exposure: Exposure) -> tuple[str, str, str]:
    return exposure.category, exposure.sink.kind, exposure.sink.name


def _approval_order(approval: Approval) -> tuple[str, str, str]:
    return approval.category, approval.sink_kind, approval.sink
