"""Rules: what they are about, and which of them is heard."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.gate.rules import CONDITIONS, EFFECTS, Conditions, decide
from lineage.gate.subjects import Fact, Subject
from tests.lineage.gate.audits import rule

FACT = Fact(
    services=("billing", "web"),
    owners=("payments team",),
    operations=("POST /charge",),
    field="db/users.email",
    place=("db", "users", "email"),
    facets=("personal",),
    direction="request",
)
SUBJECT = Subject(
    id="e1-0",
    category="user.contact.email",
    groups=("hipaa_identifier",),
    sensitivity="high",
    sink_kind="outsider",
    sink="api.pay.test",
    provider="Pay Inc",
    outsider_purpose="language models",
    region="eu-west-1",
    purpose="letters",
    facts=(FACT,),
)
FITS = {
    "category": "user.contact",
    "group": "hipaa_identifier",
    "sensitivity": "high",
    "sink_kind": "outsider",
    "sink": "*.PAY.test",
    "provider": "pay*",
    "outsider_purpose": "language models",
    "region": "eu-*",
    "purpose": "letters",
    "service": "bill*",
    "owner": "payments team",
    "operation": "POST *",
    "field": "users.email",
    "facet": "personal",
    "evidence": "observed",
    "direction": "request",
}
MISSES = FITS | dict.fromkeys(FITS, "other") | {"category": "user.contact.email.work"}


def heard(*rules: object, subject: Subject = SUBJECT) -> str | None:
    return decide(rules, subject).effect  # type: ignore[arg-type]


def test_every_condition_is_tried() -> None:
    assert set(FITS) == set(CONDITIONS)


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_fits_or_does_not(name: str) -> None:
    assert heard(rule(when=Conditions(**{name: (FITS[name],)}))) == "deny"
    assert heard(rule(when=Conditions(**{name: ("nothing", FITS[name])}))) == "deny", "one entry is enough"
    assert heard(rule(when=Conditions(**{name: (MISSES[name],)}))) is None
    others = {key: (value,) for key, value in FITS.items()}
    assert heard(rule(when=Conditions(**others))) == "deny"
    assert heard(rule(when=Conditions(**{**others, name: (MISSES[name],)}))) is None, "all conditions count"


def test_a_category_is_not_its_namesake() -> None:
    assert heard(rule(when=Conditions(category=("user.contact.em",)))) is None


def test_one_flow_has_to_meet_all_conditions_on_flows() -> None:
    two = replace(SUBJECT, facts=(replace(FACT, services=("a",)), replace(FACT, services=("b",), evidence="possible")))
    assert heard(rule(when=Conditions(service=("a",), evidence=("possible",))), subject=two) is None
    assert heard(rule(when=Conditions(service=("b",), evidence=("possible",))), subject=two) == "deny"


def test_an_exception_is_for_its_flow_alone() -> None:
    two = replace(SUBJECT, facts=(replace(FACT, services=("lab",)), replace(FACT, services=("web",))))
    denied = rule(when=Conditions(sink_kind=("outsider",)), unless=Conditions(service=("lab",)))
    assert heard(denied, subject=two) == "deny"
    assert heard(denied, subject=replace(SUBJECT, facts=two.facts[:1])) is None


def test_one_allowed_flow_does_not_let_others_through() -> None:
    two = replace(SUBJECT, facts=(replace(FACT, services=("lab",)), replace(FACT, services=("web",))))
    allowed = rule("a", "allow", Conditions(service=("lab",)))
    assert heard(allowed, subject=two) is None
    assert heard(allowed, subject=replace(SUBJECT, facts=two.facts[:1])) == "allow"


def test_priority_beats_strictness_and_strictness_beats_the_rest() -> None:
    when = Conditions(sink_kind=("outsider",))
    deny, ask, allow = (rule(effect, effect, when) for effect in EFFECTS)
    assert heard(deny, ask, allow) == "deny"
    assert heard(deny, replace(allow, priority=1)) == "allow"
    assert heard(replace(deny, priority=1000), replace(allow, priority=100)) == "deny"


def test_only_the_rules_that_decided_are_named() -> None:
    when = Conditions(sink_kind=("outsider",))
    decided = decide([rule("z", "deny", when), rule("a", "deny", when), rule("b", "allow", when)], SUBJECT)
    assert decided.ids == ("a", "z")


def test_limits_come_from_the_rules_that_decided() -> None:
    when = Conditions(sink_kind=("outsider",))
    strict = rule("strict", "deny", when, longest_waiver=30)
    assert decide([strict, rule("b", "deny", when, longest_waiver=60)], SUBJECT).longest_waiver == 30
    assert decide([strict, rule("b", "deny", when, priority=1)], SUBJECT).longest_waiver is None


RULES = st.builds(
    rule,
    id_=st.integers(0, 10**6).map(lambda n: f"r{n}"),
    effect=st.sampled_from(EFFECTS),
    when=st.sampled_from([Conditions(**{key: (FITS[key],)}) for key in CONDITIONS]),
    priority=st.integers(-1, 1),
    needs_purpose=st.booleans(),
    longest_waiver=st.none() | st.integers(1, 90),
)


@given(st.lists(RULES, max_size=4, unique_by=lambda one: one.id))
def test_the_order_of_rules_does_not_matter(rules: list[object]) -> None:
    said = {decide(order, SUBJECT) for order in permutations(rules)}  # type: ignore[arg-type]
    assert len(said) == 1


@given(st.lists(RULES, max_size=4, unique_by=lambda one: one.id), RULES)
def test_one_more_denial_at_the_same_priority_never_makes_it_laxer(rules: list[object], more: object) -> None:
    top = max((one.priority for one in rules), default=0)  # type: ignore[attr-defined]
    denial = replace(more, effect="deny", priority=top)  # type: ignore[type-var]
    assert decide([*rules, denial], SUBJECT).effect == "deny"  # type: ignore[list-item]
