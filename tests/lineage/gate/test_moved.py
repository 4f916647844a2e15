"""Renames carry what was decided, and probable ones are proposed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lineage.audit import Audit, AuditField, Flow, Outsider
from lineage.exposures import find_exposures
from lineage.gate.judge import judge
from lineage.gate.moved import Moved, Renames
from lineage.gate.plan import plan
from lineage.gate.policy import Policy, Standards
from lineage.lock import Approval
from lineage.model import Leak
from tests.lineage.gate.audits import LEAK, LEAK_ID, PAY, TODAY, audit, exposure, id_of, locked, rule, waiver
from tests.lineage.test_graph import flow

NEW = "pay2.test"
MOVED = Moved("outsider", PAY, NEW)


def renamed(*more: Flow) -> Audit:
    """The audit in which pay.test is called pay2.test."""
    flows = [flow("db", "users", "read", "observed"), flow("users", "web", "response"), flow("web", NEW), *more]
    found = replace(audit(), flows=tuple(flows), exposures=find_exposures(flows, lambda _: "high"))
    return replace(found, outsiders=(Outsider(NEW, ("http",)),))


def test_without_an_entry_a_renamed_outsider_is_new() -> None:
    judged = judge(renamed(), locked(audit()))
    assert exposure(judged, NEW).state == "new"
    assert judged.not_seen == (id_of(PAY),)


def test_an_approval_is_carried_over() -> None:
    judged = judge(renamed(), locked(audit(), "paying"), Standards(Policy(moved=(MOVED,))))
    assert (exposure(judged, NEW).state, exposure(judged, NEW).purpose) == ("approved", "paying")
    assert judged.verdict.state == "pass"
    assert judged.not_seen == ()


def test_a_chain_of_renames_is_followed_and_a_circle_ends() -> None:
    chain = (Moved("outsider", PAY, "between.test"), Moved("outsider", "between.test", NEW))
    assert judge(renamed(), locked(audit()), Standards(Policy(moved=chain))).verdict.state == "pass"
    circle = Renames([Moved("service", "a", "b"), Moved("service", "b", "a")])
    assert circle.former("service", "a") == ("b",)
    assert circle.current("service", "a") in ("a", "b")


def test_a_rename_is_for_its_kind_alone() -> None:
    judged = judge(renamed(), locked(audit()), Standards(Policy(moved=(Moved("service", PAY, NEW),))))
    assert exposure(judged, NEW).state == "new"


def test_waivers_are_carried_over() -> None:
    denied = rule(when=replace(rule().when, sink=(NEW,)))
    standards = Standards(Policy((denied,), moved=(MOVED,)), (waiver(id_of(PAY)),), TODAY)
    judged = judge(renamed(), locked(audit()), standards)
    assert exposure(judged, NEW).state == "waived"
    assert not [finding for finding in judged.findings if finding.rule == "gate.waiver-unused"]


def test_a_leak_goes_with_its_service() -> None:
    found = audit(services=("users", "shop"), leaks=(Leak("shop", LEAK.attribute, LEAK.category, 1),))
    denied = rule(when=replace(rule().when, sink=(), sink_kind=("telemetry",)))
    standards = Standards(Policy((denied,), moved=(Moved("service", "web", "shop"),)), (waiver(LEAK_ID),), TODAY)
    assert judge(found, locked(audit()), standards).leaks[0].state == "waived"


def test_fields_go_with_their_column_table_and_store() -> None:
    renames = Renames(
        [
            Moved("column", "db/users.mail", "db/users.email"),
            Moved("table", "db/users", "db/people"),
            Moved("store", "db", "crm"),
        ]
    )
    assert renames.field("db/users.mail") == "crm/people.email"
    assert renames.field("other/users.mail") == "other/users.mail"


def test_a_probable_rename_is_proposed_and_explains_the_approvals() -> None:
    judged = judge(renamed(), locked(audit()))
    [proposal] = plan(judged, locked(audit())).renames
    assert (proposal.moved, proposal.approvals, proposal.likeness) == (MOVED, 1, 1.0)
    standards = Standards(Policy(moved=(proposal.moved,)))
    assert judge(renamed(), locked(audit()), standards).verdict.state == "pass"


def test_what_is_still_there_or_gets_other_data_is_no_rename() -> None:
    still = replace(renamed(), outsiders=(Outsider(PAY, ("http",)), Outsider(NEW, ("http",))))
    assert plan(judge(still, locked(audit())), locked(audit())).renames == ()
    other = flow("web", "pay3.test", category="user.name", field="db/users.name")
    flows = [*audit().flows[:2], other]
    found = replace(audit(), flows=tuple(flows), exposures=find_exposures(flows, lambda _: "high"), outsiders=())
    assert plan(judge(found, locked(audit())), locked(audit())).renames == ()


def test_a_party_that_the_lock_knows_is_no_new_name() -> None:
    lock = locked(audit())
    known = Approval("e1-" + "0" * 16, "user.name", "outsider", NEW, "observed", "ann", "2026-01-01", "")
    lock = replace(lock, approvals=tuple(sorted((*lock.approvals, known))))
    assert plan(judge(renamed(), lock), lock).renames == ()


def test_other_fields_of_the_same_category_are_no_rename() -> None:
    columns = (("email", "db/users.email"), ("mail", "db/users.mail"))
    fields = tuple(AuditField(id_, "db", "users", name, None, ()) for name, id_ in columns)
    lock = locked(replace(audit(), fields=fields))
    flows = [*audit().flows[:2], flow("web", NEW, field="db/users.mail")]
    found = replace(renamed(), flows=tuple(flows), exposures=find_exposures(flows, lambda _: "high"), fields=fields)
    assert plan(judge(found, lock), lock).renames == ()
    same = replace(renamed(), fields=fields)
    assert len(plan(judge(same, lock), lock).renames) == 1


NAMES = st.sampled_from("abcde")


@given(st.lists(st.builds(Moved, st.just("service"), NAMES, NAMES), max_size=6), NAMES)
def test_any_renames_come_to_an_end(moved: list[Moved], name: str) -> None:
    renames = Renames(moved)
    former = renames.former("service", name)
    assert len(set(former)) == len(former)
    assert name not in former
    assert renames.current("service", name) in "abcde"
