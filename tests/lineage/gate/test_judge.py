"""The gate's verdict, and what approval writes."""

from __future__ import annotations

from dataclasses import replace

from lineage.exposures import find_exposures
from lineage.gate.approve import Word, approve
from lineage.gate.judge import judge
from lineage.lock import Lock
from lineage.model import Audit, AuditService, Party, Scope
from tests.lineage.test_graph import CHAIN

WORD = Word("ann", "2026-01-02", "baseline")
SCOPE = Scope("0", (), (), 10, 1, None, None, 0, 0, "")


def audit(spans: int = 10, services: tuple[str, ...] = ("users", "web")) -> Audit:
    return Audit(
        replace(SCOPE, spans=spans),
        services=tuple(AuditService(name, (), 1) for name in services),
        flows=tuple(CHAIN),
        exposures=find_exposures(CHAIN, lambda _: "high"),
    )


def locked(found: Audit) -> Lock:
    return approve(found, None, None, WORD).lock


def test_an_exposure_is_a_category_at_a_sink_with_its_path() -> None:
    exposures = {e.sink: e for e in audit().exposures}
    assert set(exposures) == {Party("service", "users"), Party("service", "web"), Party("outsider", "pay.test")}
    assert exposures[Party("service", "users")].evidence == "observed"
    assert next(p.name for p in exposures[Party("outsider", "pay.test")].paths[0].parties) == "db"


def test_without_a_lock_everything_is_new() -> None:
    judged = judge(audit(), None)
    assert {e.state for e in judged.exposures} == {"new"}
    assert judged.verdict.state == "not_approved"


def test_what_is_locked_passes() -> None:
    judged = judge(audit(), locked(audit()))
    assert {e.state for e in judged.exposures} == {"approved"}
    assert judged.verdict.state == "pass"


def test_one_new_exposure_fails_and_is_the_only_one() -> None:
    lock = locked(audit())
    missing = lock.approvals[0]
    judged = judge(audit(), replace(lock, approvals=lock.approvals[1:]))
    assert [e.id for e in judged.exposures if e.state == "new"] == [missing.id]
    assert judged.verdict.state == "not_approved"


def test_not_seen_is_told_and_is_not_a_removal() -> None:
    lock = locked(audit())
    less = replace(audit(), exposures=audit().exposures[1:])
    judged = judge(less, lock)
    assert judged.not_seen == (audit().exposures[0].id,)
    assert judged.verdict.state == "pass"
    again = approve(judged, lock, None, Word("bob", "2026-02-03", ""))
    assert again.lock == lock  # approving what is known changes nothing, and drops nothing


def test_thin_telemetry_is_inconclusive() -> None:
    lock = locked(audit())
    assert judge(replace(audit(0), exposures=()), lock).verdict.state == "inconclusive"
    silent = judge(audit(services=("web",)), lock)
    assert silent.verdict.state == "inconclusive"
    assert "users" in silent.verdict.reasons[0]


def test_a_new_exposure_fails_even_when_telemetry_is_thin() -> None:
    judged = judge(audit(services=("web",)), replace(locked(audit()), approvals=()))
    assert judged.verdict.state == "not_approved"
    assert len(judged.verdict.reasons) == 2


def test_approving_by_id_and_unknown_ids() -> None:
    wanted = audit().exposures[0].id
    done = approve(audit(), None, [wanted, "e1-none"], WORD)
    assert [approval.id for approval in done.lock.approvals] == [wanted]
    assert (done.added, done.unknown) == ((wanted,), ("e1-none",))
    assert done.lock.services == ("users", "web")
