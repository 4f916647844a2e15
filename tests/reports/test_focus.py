"""The part of an audit around one party, and the diagram as a file."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from lineage.audit import Audit
from reports.edges import edges, parties
from reports.focus import carrying, focus
from reports.picture_file import picture_file
from reports.traffic import Traffic, traffic
from tests.support.commands import auditor


def names(audit: Audit) -> set[str]:
    return {party.name for party in parties(audit)}


def test_depth_counts_exchanges_in_either_direction(sample: Audit) -> None:
    assert names(focus(sample, "mailer", 0)) == {"mailer"}
    assert names(focus(sample, "mailer", 1)) == {"mailer", "orders", "mail.example.test"}
    assert names(focus(sample, "mailer", 2)) == {"mailer", "orders", "mail.example.test", "checkout"}
    assert names(focus(sample, "mailer", 99)) == names(sample)


def test_only_what_lies_between_those_that_are_kept(sample: Audit) -> None:
    near = focus(sample, "mailer", 1)
    kept = names(near)
    assert near.flows
    assert all({flow.source.name, flow.sink.name} <= kept for flow in near.flows)
    assert all({call.caller, call.callee} <= kept for call in near.calls)


def test_a_name_that_nobody_has(sample: Audit) -> None:
    with pytest.raises(KeyError):
        focus(sample, "nobody", 1)


def test_one_category_with_those_below_it(sample: Audit) -> None:
    contact = carrying(sample, "user.contact")
    assert {flow.category for flow in contact.flows} == {"user.contact.email", "user.contact.address.street"}


def test_the_more_calls_the_thicker_the_line(sample: Audit) -> None:
    assert [Traffic(calls).width for calls in (0, 1, 100, 10**9)] == [1, 1, 2, 4]
    by_pair = traffic(sample)
    assert by_pair[frozenset(("web", "identity"))] == Traffic(2210, 23)
    drawn = {(edge.source.name, edge.sink.name): edge.traffic for edge in edges(sample)}
    assert drawn["web", "identity"].errors == 23
    assert drawn["web", "catalogue"].calls == 4800


def test_a_picture_of_its_own_has_no_links_and_says_its_namespace(sample: Audit) -> None:
    text, omitted = picture_file(sample)
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "href" not in text
    assert omitted == ""


@pytest.mark.parametrize("name", ["<script>", '"onmouseover="x', "\u202e", "x" * 10_000])
def test_hostile_names_in_a_picture(sample: Audit, poison: Any, name: str) -> None:
    text, _ = picture_file(poison(sample, name))
    tags = [element.tag for element in ElementTree.fromstring(text).iter()]
    plain = [element.tag for element in ElementTree.fromstring(picture_file(poison(sample, "plain"))[0]).iter()]
    assert sorted(tags) == sorted(plain)
    assert not [k for e in ElementTree.fromstring(text).iter() for k in e.attrib if k.startswith("on")]
    assert "\u202e" not in text
    assert len(text) < 100_000


def test_the_command(sample_file: Any) -> None:
    run = auditor("draw", str(sample_file), "--focus", "mailer", folder=sample_file.parent)
    assert run.returncode == 0
    assert "mail.example.test" in run.stdout
    assert "shopdb" not in run.stdout
    only = auditor("draw", str(sample_file), "--category", "user.financial", folder=sample_file.parent)
    assert "api.payments.example" in only.stdout
    assert "mailer" not in only.stdout
    assert auditor("draw", str(sample_file), "--focus", "nobody", folder=sample_file.parent).returncode == 2
