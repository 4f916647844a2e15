"""Approving: what goes into the lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lineage.audit import Audit, Exposure
from lineage.gate.subjects import Subject, subjects_of
from lineage.lock import Approval, Lock
from lineage.model import Leak


@dataclass(frozen=True, slots=True)
class Word:
    """Whose word an approval is: by whom, on which day (ISO 8601), why, and for what purpose."""

    by: str
    at: str
    reason: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """The lock with approvals added: `added` their ids. `refused` were asked for and are against a rule that no
    approval lifts; `unknown` are not in the audit. All sorted."""

    lock: Lock
    added: tuple[str, ...]
    refused: tuple[str, ...]
    unknown: tuple[str, ...]


def approve(
    audit: Audit, lock: Lock | None, ids: Iterable[str] | None, word: Word, denying: Collection[str] = ()
) -> Approved:
    """Approve exposures and leaks of a judged audit by id, or all that are new when `ids` is None.

    `denying` are the ids of rules that deny: what they decided is refused. An approval that holds stays as it is; one
    that did not suffice (it lacks a purpose) is replaced.
    """
    known = {approval.id: approval for approval in (lock.approvals if lock else ())}
    subjects = subjects_of(audit, {})
    states: dict[str, Exposure | Leak] = {exposure.id: exposure for exposure in audit.exposures}
    states |= {leak.id: leak for leak in audit.leaks}
    wanted = sorted(id_ for id_, one in states.items() if one.state == "new") if ids is None else sorted(set(ids))
    denied = {id_ for id_, one in states.items() if not approvable(one, denying)}
    refused = sorted(denied) if ids is None else [id_ for id_ in wanted if id_ in denied]
    added = []
    for id_ in wanted:
        if id_ in states and id_ not in denied and (id_ not in known or states[id_].state == "new"):
            known[id_] = _approval(subjects[id_], states[id_], word)
            added.append(id_)
    unknown = tuple(id_ for id_ in wanted if id_ not in states and id_ not in known)
    before = lock or Lock()
    services = {service.name for service in audit.services} | set(before.services)
    operations = {(service.name, name) for service in audit.services for name in service.operations}
    after = Lock(
        tuple(sorted(known.values())),
        tuple(sorted(services)),
        tuple(sorted(operations | set(before.operations))),
    )
    return Approved(after, tuple(added), tuple(refused), unknown)


def approvable(one: Exposure | Leak, denying: Collection[str]) -> bool:
    """Whether no denying rule decided it: approval can lift it."""
    return one.state != "violation" and not set(one.rules) & set(denying)


def _approval(subject: Subject, one: Exposure | Leak, word: Word) -> Approval:
    evidence = one.evidence if isinstance(one, Exposure) else "observed"
    return Approval(
        subject.id,
        subject.category,
        subject.sink_kind,
        subject.sink,
        evidence,
        word.by,
        word.at,
        word.reason,
        word.purpose,
        subject.fields,
    )
