"""The gate's states, findings and verdict, and what approval writes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classifiers.model import Label
from lineage.audit import Access, Audit, AuditField
from lineage.gate.approve import Word, approve
from lineage.gate.judge import judge
from lineage.gate.policy import Policy, Standards
from lineage.gate.rules import Conditions
from lineage.model import Party
from tests.lineage.gate.audits import LEAK, LEAK_ID, PAY, TODAY, audit, exposure, id_of, locked, rule, waiver

WORD = Word("ann", "2026-01-02", "baseline")
IN_TELEMETRY = Conditions(sink_kind=("telemetry",))


def by(*rules: object, waivers: tuple[object, ...] = ()) -> Standards:
    return Standards(Policy(tuple(rules)), tuple(waivers), TODAY)  # type: ignore[arg-type]


def state(found: Audit, sink: str = PAY) -> str:
    return exposure(found, sink).state


def test_an_exposure_is_a_category_at_a_sink_with_its_path() -> None:
    exposures = {e.sink: e for e in audit().exposures}
    assert set(exposures) == {Party("service", "users"), Party("service", "web"), Party("outsider", PAY)}
    assert exposures[Party("service", "users")].evidence == "observed"
    assert next(p.name for p in exposures[Party("outsider", PAY)].paths[0].parties) == "db"


def test_without_a_lock_everything_is_new() -> None:
    judged = judge(audit(), None)
    assert {e.state for e in judged.exposures} == {"new"}
    assert judged.verdict.state == "not_approved"
    assert {finding.rule for finding in judged.findings} == {"gate.not-approved"}
    assert [text.id for text in judged.rules] == ["gate.not-approved"]


def test_what_is_locked_passes() -> None:
    judged = judge(audit(), locked(audit()))
    assert {e.state for e in judged.exposures} == {"approved"}
    assert judged.verdict.state == "pass"
    assert judged.findings == ()


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
    assert again.added == ()


def test_a_denied_exposure_is_a_violation_whatever_the_lock_says() -> None:
    judged = judge(audit(), locked(audit()), by(rule("house.no")))
    assert state(judged) == "violation"
    assert exposure(judged, PAY).rules == ("house.no",)
    assert state(judged, "web") == "approved"
    assert judged.verdict.state == "not_approved"
    assert judged.verdict.reasons[0] == "1 exposure is not approved, 1 of them against a rule"
    [finding] = judged.findings
    assert (finding.level, finding.rule, finding.severity, finding.subject) == ("fail", "house.no", "high", id_of(PAY))
    assert "the text of house.no" in finding.text
    assert [text.id for text in judged.rules] == ["house.no"]


def test_an_allowed_exposure_needs_no_approval() -> None:
    judged = judge(audit(), None, by(rule(effect="allow")))
    assert (state(judged), state(judged, "web")) == ("approved", "new")
    assert approve(judged, None, None, WORD).added == tuple(sorted((id_of("users"), id_of("web"))))


def test_an_approval_without_the_purpose_that_a_rule_asks_for_is_none() -> None:
    asks = by(rule(effect="require_approval", needs_purpose=True))
    judged = judge(audit(), locked(audit()), asks)
    assert state(judged) == "new"
    assert "--purpose" in judged.findings[0].text
    done = approve(judged, locked(audit()), [id_of(PAY)], replace(WORD, purpose="paying"))
    assert done.added == (id_of(PAY),)
    after = judge(audit(), done.lock, asks)
    assert (state(after), exposure(after, PAY).purpose, after.verdict.state) == ("approved", "paying", "pass")


def test_a_rule_may_ask_for_the_purpose_of_the_approval() -> None:
    only_paying = by(rule(unless=Conditions(purpose=("paying",))))
    assert state(judge(audit(), locked(audit()), only_paying)) == "violation"
    assert state(judge(audit(), locked(audit(), "paying"), only_paying)) == "approved"


def test_violations_are_never_approved() -> None:
    policy = by(rule("house.no"))
    judged = judge(audit(), None, policy)
    everything = approve(judged, None, None, WORD, policy.policy.denying)
    assert everything.refused == (id_of(PAY),)
    assert id_of(PAY) not in {approval.id for approval in everything.lock.approvals}
    assert approve(judged, None, [id_of(PAY)], WORD, policy.policy.denying).refused == (id_of(PAY),)
    waived = judge(audit(), None, by(rule("house.no"), waivers=(waiver(id_of(PAY)),)))
    assert state(waived) == "waived"
    tried = approve(waived, None, [id_of(PAY)], WORD, policy.policy.denying)
    assert (tried.refused, tried.added, tried.lock.approvals) == ((id_of(PAY),), (), ())


def test_leaks_are_told_and_fail_only_by_a_rule() -> None:
    lock = locked(audit())
    told = judge(audit(leaks=(LEAK,)), lock)
    assert (told.leaks[0].id, told.leaks[0].state, told.verdict.state) == (LEAK_ID, "told", "pass")
    denied = judge(audit(leaks=(LEAK,)), lock, by(rule("t", when=IN_TELEMETRY)))
    assert (denied.leaks[0].state, denied.leaks[0].rules) == ("violation", ("t",))
    assert denied.verdict.state == "not_approved"
    assert denied.verdict.reasons == ("1 leak is in telemetry against a rule",)
    asked = by(rule("t", "require_approval", IN_TELEMETRY))
    new = judge(audit(leaks=(LEAK,)), lock, asked)
    assert new.leaks[0].state == "new"
    after = approve(new, lock, [LEAK_ID], WORD).lock
    assert judge(audit(leaks=(LEAK,)), after, asked).verdict.state == "pass"
    waived = judge(audit(leaks=(LEAK,)), lock, by(rule("t", when=IN_TELEMETRY), waivers=(waiver(LEAK_ID),)))
    assert (waived.leaks[0].state, waived.verdict.state) == ("waived", "pass")


def test_judging_again_says_the_same() -> None:
    standards = by(rule("t", when=IN_TELEMETRY), rule("house.no"), waivers=(waiver(id_of(PAY)),))
    once = judge(audit(leaks=(LEAK,)), locked(audit()), standards)
    assert judge(once, locked(audit()), standards) == once
    assert judge(once, locked(audit())) == judge(audit(leaks=(LEAK,)), locked(audit()))


def test_approving_by_id_and_unknown_ids() -> None:
    wanted = audit().exposures[0].id
    done = approve(audit(), None, [wanted, "e1-none"], WORD)
    assert [approval.id for approval in done.lock.approvals] == [wanted]
    assert (done.added, done.unknown) == ((wanted,), ("e1-none",))
    assert done.lock.services == ("users", "web")
    assert done.lock.operations == (("users", "GET /users"), ("web", "GET /web"))


@pytest.mark.parametrize("region", ["US", None])
def test_who_an_outsider_is_can_be_asked_for(region: str | None) -> None:
    found = audit()
    found = replace(found, outsiders=(replace(found.outsiders[0], region=region),))
    asked = by(rule(when=Conditions(region=("US",), provider=("pay inc",), outsider_purpose=("payments",))))
    assert state(judge(found, locked(found), asked)) == ("violation" if region else "approved")
    unknown = by(rule(when=Conditions(region=("unknown",))))
    assert state(judge(found, locked(found), unknown)) == ("approved" if region else "violation")


def test_owners_are_those_of_the_services_at_either_end() -> None:
    standards = Standards(Policy((rule(when=Conditions(owner=("web team",))),), owners={"we*": "web team"}))
    judged = judge(audit(), locked(audit()), standards)
    assert (state(judged), state(judged, "web"), state(judged, "users")) == ("violation", "violation", "approved")


def test_facets_are_those_of_the_fields_labels_and_operations_those_that_ran_the_statement() -> None:
    label = Label("user.contact.email", "content", 1.0)
    field = AuditField("db/users.email", "db", "users", "email", None, (label,))
    access = Access("users", "GET /who", "db/users.email", ("projected",), 1, ("s1-x",))
    found = audit()
    read = replace(found.flows[0], via="s1-x")
    found = replace(found, fields=(field,), accesses=(access,), flows=(read, *found.flows[1:]))
    lock = locked(found)
    by_facet = judge(found, lock, by(rule(when=Conditions(facet=("content",)))))
    assert {e.state for e in by_facet.exposures} == {"violation"}
    assert {e.state for e in judge(audit(), lock, by(rule(when=Conditions(facet=("content",))))).exposures} == {
        "approved"
    }
    by_operation = judge(found, lock, by(rule(when=Conditions(operation=("GET /who",)))))
    assert [e.sink.name for e in by_operation.exposures if e.state == "violation"] == ["users"]
