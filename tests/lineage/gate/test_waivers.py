"""Waivers: leave for a time, never longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.audit import Audit
from lineage.findings import Waiver
from lineage.gate.judge import judge
from lineage.gate.policy import Policy, Standards
from lineage.gate.rules import EFFECTS, Conditions
from lineage.gate.subjects import Subject
from lineage.gate.waivers import USUAL_LIMITS
from tests.lineage.gate.audits import PAY, TODAY, audit, exposure, id_of, locked, rule, waiver


def gate(waivers: list[Waiver], *rules: object, today: date = TODAY) -> Audit:
    policy = Policy(tuple(rules))  # type: ignore[arg-type]
    return judge(audit(), locked(audit()), Standards(policy, tuple(waivers), today))


def named(found: Audit, rule_id: str) -> list[str]:
    return [finding.text for finding in found.findings if finding.rule == rule_id]


def test_a_waived_violation_passes_and_stays_visible() -> None:
    leave = waiver(id_of(PAY))
    judged = gate([leave], rule("house.no"))
    assert judged.verdict.state == "pass"
    assert judged.verdict.reasons == ("every exposure seen is approved, or waived (1)",)
    assert (exposure(judged, PAY).state, exposure(judged, PAY).waiver) == ("waived", leave)
    note = next(finding for finding in judged.findings if finding.rule == "house.no")
    assert note.level == "note"
    assert "wait for v2" in note.text


def test_the_last_day_counts_and_the_next_fails_with_the_waivers_own_words() -> None:
    leave = [waiver(id_of(PAY), expires="2026-03-01")]
    assert gate(leave, rule(), today=date(2026, 3, 1)).verdict.state == "pass"
    after = gate(leave, rule(), today=date(2026, 3, 2))
    assert after.verdict.state == "not_approved"
    assert exposure(after, PAY).state == "violation"
    [text] = named(after, "gate.waiver-expired")
    assert "wait for v2" in text
    assert "web team" in text
    assert text in after.verdict.reasons


def test_an_expired_waiver_fails_even_of_what_was_not_seen() -> None:
    judged = gate([waiver("e1-" + "0" * 16, expires="2026-02-28")])
    assert judged.verdict.state == "not_approved"
    assert [(finding.level, finding.rule) for finding in judged.findings] == [("fail", "gate.waiver-expired")]


def test_without_a_day_every_waiver_has_ended() -> None:
    standards = Standards(Policy((rule(),)), (waiver(id_of(PAY), expires="9998-01-01"),))
    assert judge(audit(), locked(audit()), standards).verdict.state == "not_approved"


@pytest.mark.parametrize(("days", "state"), [(30, "waived"), (31, "violation")])
def test_a_rule_limits_how_long_it_may_be_waived(days: int, state: str) -> None:
    last = (TODAY + timedelta(days=days)).isoformat()
    judged = gate([waiver(id_of(PAY), last, TODAY.isoformat())], rule(longest_waiver=30))
    assert exposure(judged, PAY).state == state
    assert bool(named(judged, "gate.waiver-too-long")) is (state == "violation")


@pytest.mark.parametrize(
    ("created", "expires", "counts"),
    [
        ("2026-02-01", "2026-03-10", False),
        ("", "2026-03-10", True),
        ("2026-03-05", "2026-03-10", True),
        ("2026-03-05", "2026-04-02", False),
    ],
)
def test_how_long_counts_from_the_day_it_was_made_and_never_from_the_future(
    created: str, expires: str, counts: bool
) -> None:
    judged = gate([waiver(id_of(PAY), expires, created)], rule(longest_waiver=30))
    assert (exposure(judged, PAY).state == "waived") is counts


def test_secrets_may_be_waived_for_thirty_days_whatever_the_rules() -> None:
    secret = Subject("e1-0", "user.authorization.password", ("secret",), "critical", "outsider", "x")
    assert USUAL_LIMITS.most_for(secret, None) == 30
    assert USUAL_LIMITS.most_for(secret, 10) == 10
    assert USUAL_LIMITS.most_for(replace(secret, groups=()), None) == 365


def test_unused_waivers_are_told_and_do_not_fail() -> None:
    judged = gate([waiver(id_of(PAY)), waiver("e1-" + "0" * 16)])
    assert judged.verdict.state == "pass"
    needless, unseen = sorted(named(judged, "gate.waiver-unused"), key=lambda text: "did not see" in text)
    assert "needs no waiver" in needless
    assert "auditor prune" in unseen


@pytest.mark.parametrize(("days", "told"), [(42, True), (43, False)])
def test_the_end_is_told_six_weeks_before(days: int, told: bool) -> None:
    judged = gate([waiver(id_of(PAY), (TODAY + timedelta(days=days)).isoformat())], rule())
    assert bool(named(judged, "gate.waiver-ends-soon")) is told
    assert judged.verdict.state == "pass"


IDS = st.sampled_from([id_of(PAY), id_of("web"), id_of("users"), "e1-" + "0" * 16])
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
WAIVERS = st.builds(
    lambda id_, expires, created: waiver(id_, expires.isoformat(), created.isoformat() if created else ""),
    IDS,
    DAYS,
    st.none() | DAYS,
)
RULES = st.builds(
    rule,
    st.integers(0, 99).map(str),
    st.sampled_from(EFFECTS),
    st.sampled_from([Conditions(sink=(name,)) for name in (PAY, "web", "*")]),
)


@given(st.lists(WAIVERS, max_size=4, unique_by=lambda w: w.id), st.lists(RULES, max_size=3), DAYS, st.booleans())
def test_the_gate_never_passes_with_an_expired_waiver_or_an_open_violation(
    waivers: list[Waiver], rules: list[object], today: date, approved: bool
) -> None:
    lock = locked(audit()) if approved else None
    judged = judge(audit(), lock, Standards(Policy(tuple(rules)), tuple(waivers), today))  # type: ignore[arg-type]
    ended = any(date.fromisoformat(one.expires) < today for one in waivers)
    open_ = any(e.state in ("new", "violation") for e in judged.exposures)
    assert (judged.verdict.state == "pass") is not (ended or open_)
    for e in judged.exposures:
        assert (e.waiver is not None) is (e.state == "waived")
