"""What a reviewer sees before deciding, and what pruning takes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lineage.audit import Audit
from lineage.gate.judge import judge
from lineage.gate.moved import Renames
from lineage.gate.plan import plan
from lineage.gate.policy import Policy, Standards
from lineage.gate.prune import prune, window_of
from lineage.lock import Approval
from reports.plan_text import as_json, lines
from tests.lineage.gate.audits import LEAK, PAY, TODAY, audit, id_of, locked, rule, waiver


def test_nothing_new_is_all_kept() -> None:
    made = plan(judge(audit(), locked(audit())), locked(audit()))
    assert (made.new, made.changed, made.not_seen, made.kept) == ((), (), (), 3)


def test_new_changed_and_not_seen() -> None:
    lock = locked(audit())
    gone = Approval("e1-" + "0" * 16, "user.name", "service", "old", "observed", "ann", "2026-01-01", "")
    approvals = tuple(
        replace(a, evidence="possible") if a.sink == "users" else a for a in lock.approvals if a.sink != PAY
    )
    lock = replace(lock, approvals=tuple(sorted((*approvals, gone))))
    judged = judge(audit(), lock)
    made = plan(judged, lock)
    assert [e.sink.name for e in made.new] == [PAY]
    assert [(c.exposure.sink.name, c.stronger) for c in made.changed] == [("users", True)]
    assert made.not_seen == (gone,)
    text = lines(judged, made)
    assert text[0].startswith(f"+ user.contact.email reaches outsider {PAY}")
    assert "    evidence: possible -> observed (stronger)" in text
    assert any(line.startswith("- user.name reaches service old") for line in text)
    assert "Plan: 1 new, 1 changed, 1 not seen, 1 as approved, 0 waived." in text
    assert as_json(made)["new"][0]["id"] == id_of(PAY)


def test_violations_and_leaks_are_marked() -> None:
    when = replace(rule().when, sink=(), sink_kind=("telemetry",))
    standards = Standards(Policy((rule("house.no"), rule("t", when=when))), (), TODAY)
    judged = judge(audit(leaks=(LEAK,)), locked(audit()), standards)
    text = lines(judged, plan(judged, locked(audit()), standards))
    assert "AGAINST POLICY (house.no)" in text[0]
    assert any(line.startswith("+ user.contact.email in telemetry of web") for line in text)


def test_a_field_that_the_approval_did_not_know_is_told() -> None:
    from lineage.audit import AuditField

    found = replace(audit(), fields=(AuditField("db/users.email", "db", "users", "email", None, ()),))
    lock = locked(found)
    assert {a.fields for a in lock.approvals} == {("db/users.email",)}
    before = replace(lock, approvals=tuple(replace(a, fields=("db/users.mail",)) for a in lock.approvals))
    assert {c.fields for c in plan(judge(found, before), before).changed} == {("db/users.email",)}
    unknown = replace(lock, approvals=tuple(replace(a, fields=()) for a in lock.approvals))
    assert plan(judge(found, unknown), unknown).changed == (), "an older lock does not say which fields there were"


def seen_on(first: str, last: str, sinks: set[str]) -> Audit:
    found = audit(services=("web",))
    scope = replace(found.scope, first=f"{first}T00:00:00Z", last=f"{last}T00:00:00Z", traces=100)
    return replace(found, scope=scope, exposures=tuple(e for e in found.exposures if e.sink.name in sinks))


def test_pruning_takes_out_what_a_whole_window_did_not_show() -> None:
    lock = locked(audit())  # approved on 2026-01-02
    audits = [seen_on("2026-01-01", "2026-02-01", {"web"}), seen_on("2026-05-01", "2026-06-01", {PAY})]
    window = window_of(audits)
    assert window is not None
    assert (window.first, window.last, window.traces) == (date(2026, 1, 1), date(2026, 6, 1), 200)
    old, young = waiver("e1-" + "0" * 16, created="2026-01-01"), waiver("e1-" + "1" * 16, created="2026-05-01")
    gone = prune(lock, [old, young, waiver(id_of(PAY))], audits, window, 90, Renames(()))
    assert [a.sink for a in gone.approvals] == ["users"]
    assert [a.sink for a in sorted(gone.lock.approvals, key=lambda a: a.sink)] == [PAY, "web"]
    assert (gone.services, gone.lock.services) == (("users",), ("web",))
    assert gone.lock.operations == (("web", "GET /web"),)
    assert gone.waivers == (old,)


def test_what_was_approved_within_the_window_stays() -> None:
    lock = locked(audit())
    late = replace(lock, approvals=tuple(replace(a, at="2026-05-15") for a in lock.approvals))
    audits = [seen_on("2026-01-01", "2026-06-01", set())]
    window = window_of(audits)
    assert window is not None
    assert prune(late, [], audits, window, 90, Renames(())).approvals == ()
    assert len(prune(late, [], audits, window, 10, Renames(())).approvals) == 3
    assert window_of([audit()]) is None
