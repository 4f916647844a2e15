"""policy.toml: what it may say, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import ConfigError
from auditor.gate.policyfile import load_policy
from lineage.gate.floors import Floors
from lineage.gate.moved import Moved
from lineage.gate.policy import Policy
from lineage.gate.rules import Conditions
from lineage.gate.waivers import WaiverLimits

FULL = """
[packs]
use = ["secrets", "data-residency"]
[packs.data-residency]
regions = ["EEA", "CH"]
[owners]
"payments team" = ["billing", "pay-*"]
[floors]
traces = 100
services = 0.9
[waivers]
usual = 30
most = 60

[[rules]]
id = "house.no-email-to-analytics"
effect = "deny"
severity = "high"
text = "Not to analytics."
priority = 50
longest_waiver = 14
[rules.when]
category = "user.contact.email"
outsider_purpose = ["analytics"]
[rules.unless]
service = ["newsletter"]

[[moved]]
kind = "service"
from = "billing"
to = "payments"

[[examples]]
title = "mail"
category = "user.contact.email"
sink_kind = "outsider"
sink = "collect.example"
outsider_purpose = "analytics"
expect = "violation"
"""
RULE = '[[rules]]\nid = "x"\neffect = "deny"\ntext = "words"\n'
WHEN = '[rules.when]\nsink = ["x"]\n'
MOVED = '[[moved]]\nkind = "service"\nfrom = "a"\nto = "b"\n'
EXAMPLE = '[[examples]]\ntitle = "t"\ncategory = "user"\nsink_kind = "store"\nsink = "s"\nexpect = "new"\n'


def load(folder: Path, text: str, own: tuple[str, ...] = ()) -> Policy:
    file = folder / "policy.toml"
    file.write_text(text)
    return load_policy(file, own)


def test_everything_that_a_policy_may_say(tmp_path: Path) -> None:
    policy = load(tmp_path, FULL)
    rule = next(rule for rule in policy.rules if rule.id.startswith("house."))
    assert rule.when == Conditions(category=("user.contact.email",), outsider_purpose=("analytics",))
    assert rule.unless == Conditions(service=("newsletter",))
    assert (rule.effect, rule.priority, rule.longest_waiver, rule.text.source) == ("deny", 50, 14, "policy.toml")
    assert policy.floors == Floors(traces=100, services=0.9)
    assert policy.limits == WaiverLimits(usual=30, most=60)
    assert policy.moved == (Moved("service", "billing", "payments"),)
    assert policy.owners == {"billing": "payments team", "pay-*": "payments team"}
    assert {rule.text.source for rule in policy.rules} == {"policy.toml", "secrets", "data-residency"}
    assert "mail" in {example.title for example in policy.examples}


def test_the_regions_of_a_group_are_allowed_and_no_others(tmp_path: Path) -> None:
    outside = next(rule for rule in load(tmp_path, FULL).rules if rule.id == "residency.outside")
    assert outside.unless is not None
    assert {"DE", "NO", "CH", "unknown"} <= set(outside.unless.region)
    assert not {"US", "GB"} & set(outside.unless.region)


def test_no_file_is_the_usual_policy(tmp_path: Path) -> None:
    assert load_policy(tmp_path / "policy.toml") == Policy()
    assert load(tmp_path, "") == Policy()


def test_own_categories_may_be_asked_for(tmp_path: Path) -> None:
    text = RULE + '[rules.when]\ncategory = ["user.contact.pager"]\n'
    assert load(tmp_path, text, ("user.contact.pager",)).rules[0].when.category == ("user.contact.pager",)
    with pytest.raises(ConfigError, match="unknown category"):
        load(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "is not TOML"),
        ("polices = 1", "unknown setting 'polices'"),
        ('packs = "all"', r"\[packs\] must say"),
        ('[packs]\nuse = ["all"]', "unknown rule pack 'all'"),
        ('[packs]\nuse = ["data-residency"]', r"\[packs.data-residency\] must set 'regions'"),
        ('[packs]\nuse = ["secrets"]\n[packs.secrets]\nx = 1', "unknown setting 'x'"),
        (RULE, r"line 1 \[\[rules\]\]: \[rules.when\] must ask for something"),
        (RULE + '[rules.when]\nsinks = ["x"]\n', "unknown condition 'when.sinks'"),
        (RULE + "[rules.when]\nsink = []\n", "'when.sink' must be a text or a list"),
        (RULE + '[rules.when]\nsink_kind = ["host"]\n', "'when.sink_kind' must be of: service, store"),
        (RULE + '[rules.when]\ncategory = ["user.emial"]\n', "unknown category 'user.emial'"),
        (RULE + "priority = 101\n" + WHEN, "'priority' must be a whole number from -100 to 100"),
        (RULE + 'severity = "bad"\n' + WHEN, "'severity' must be one of"),
        (RULE + 'url = "javascript:alert()"\n' + WHEN, "'url' must begin with https://"),
        (RULE + "needs_purpose = 1\n" + WHEN, "'needs_purpose' must be true or false"),
        (RULE.replace('"deny"', '"forbid"') + WHEN, "'effect' must be one of: deny, require_approval, allow"),
        (RULE.replace('"x"', '"gate.x"') + WHEN, "not begin with gate."),
        (RULE + WHEN + RULE + WHEN, "line 7 .*the rule 'x' is there twice; line 1"),
        (RULE.replace('"x"', '"secrets.telemetry"') + WHEN + '[packs]\nuse = ["secrets"]', "two rules are called"),
        ("[floors]\nservices = 2", "'floors.services' must be a share from 0 to 1"),
        ("[floors]\nspans = 0.5", "'floors.spans' must be a whole number"),
        ("[waivers]\nmost = 400", "not above 365 days"),
        ("[waivers]\nusual = 100\nmost = 50", "'usual' may not be above 'most'"),
        ('[owners]\na = ["s"]\nb = ["s"]', "has two owners"),
        (MOVED.replace('"service"', '"host"'), "'kind' must be one of"),
        (MOVED.replace('"b"', '"a"'), "are the same"),
        (MOVED + MOVED.replace('"b"', '"c"'), "goes to two"),
        (EXAMPLE.replace('"store"', '"x"'), "'sink_kind' must be"),
        (EXAMPLE.replace('"user"', '"usr"'), "unknown category 'usr'"),
        (EXAMPLE.replace('"new"', '"red"'), "'expect' must be one of"),
    ],
)
def test_mistakes_are_told_with_file_and_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as told:
        load(tmp_path, text)
    assert str(tmp_path / "policy.toml") in str(told.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"unknown setting 'a'.*unknown setting 'b'.*'floors.spans'"):
        load(tmp_path, "a = 1\nb = 2\n[floors]\nspans = -1")
