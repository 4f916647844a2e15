"""The rule packs: each says why, and does what its examples expect."""

from __future__ import annotations

import pytest

from auditor.gate.packs import NAMES, Pack, load_pack
from classifiers.taxonomy import CATEGORIES, groups
from lineage.gate.examples import run
from lineage.gate.judge import state_of
from lineage.gate.policy import Policy
from lineage.gate.subjects import Fact, Subject

SETTINGS = {"data-residency": {"regions": ["EEA"]}}


def pack(name: str) -> Pack:
    loaded, mistakes = load_pack(name, SETTINGS.get(name, {}))
    assert mistakes == []
    return loaded


@pytest.mark.parametrize("name", NAMES)
def test_examples_come_out_as_expected(name: str) -> None:
    loaded = pack(name)
    results = run(Policy(loaded.rules, examples=loaded.examples))
    assert results
    assert [result.told for result in results if not result.passed] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_says_why_and_by_which_article(name: str) -> None:
    known = {group for key in CATEGORIES for group in groups(key)}
    for rule in pack(name).rules:
        assert rule.text.text.endswith(".")
        assert rule.text.law
        assert rule.text.url.startswith("https://")
        assert rule.text.source == name
        assert set(rule.when.group) <= known


def test_rules_of_all_packs_together_have_different_ids() -> None:
    ids = [rule.id for name in NAMES for rule in pack(name).rules]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize("column", ["cvv", "card_cvc", "CardCvc", "security_code", "track2_data", "pin_block"])
@pytest.mark.parametrize(("kind", "direction"), [("store", "write"), ("service", "read"), ("telemetry", "")])
def test_card_security_data_is_never_approved(approved: bool, column: str, kind: str, direction: str) -> None:
    fact = Fact(("shop",), field=f"db/cards.{column}", place=("db", "cards", column), direction=direction)
    if kind == "telemetry":
        fact = Fact(("shop",), field=f"http.url?{column}")
    subject = Subject("e1-0", "user.financial.credit_card", (), "critical", kind, "x", purpose="paying", facts=(fact,))
    state, decided = state_of(Policy(pack("pci-dss").rules), subject, approved)
    assert state == "violation"
    assert decided.longest_waiver == 30


@pytest.mark.parametrize("column", ["card_last_four", "card_brand", "card_number", "card_expiry"])
def test_other_card_data_in_a_store_is_a_matter_of_approval(column: str) -> None:
    fact = Fact(("shop",), field=f"db/cards.{column}", place=("db", "cards", column), direction="write")
    subject = Subject("e1-0", "user.financial.credit_card", (), "critical", "store", "db", facts=(fact,))
    assert state_of(Policy(pack("pci-dss").rules), subject, True)[0] == "approved"
    assert state_of(Policy(pack("pci-dss").rules), subject, False)[0] == "new"
