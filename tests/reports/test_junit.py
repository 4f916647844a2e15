"""JUnit XML that every reader can parse, in which nothing unseen passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineage.audit import Audit, Scope, Verdict
from reports.junit import junit
from reports.repository import Repository

EMPTY = Audit(scope=Scope("0.1", (), (), 0, 0, None, None, 0, 0, "not stated"))


def suite(audit: Audit) -> ElementTree.Element:
    root = ElementTree.fromstring(junit(audit, Repository()).encode())
    [found] = root
    cases = list(found)
    for kind, key in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert found.get(key) == root.get(key) == str(sum(case.find(kind) is not None for case in cases))
    assert found.get("tests") == str(len(cases))
    return found


def outcomes(audit: Audit) -> dict[str, str]:
    return {
        case.get("name", "").rpartition("(")[2].rstrip(")"): [*map(tag, case), "passed"][0] for case in suite(audit)
    }


def tag(element: ElementTree.Element) -> str:
    return element.tag


def test_one_case_for_each_exposure(sample: Audit) -> None:
    words = {"approved": "passed", "waived": "skipped", "new": "failure", "violation": "failure"}
    found = outcomes(sample)
    assert {id_: found[id_] for id_ in found if id_.startswith("e1-")} == {
        e.id: words[e.state] for e in sample.exposures
    }


def test_approving_turns_a_case_green_and_nothing_else(sample: Audit) -> None:
    approved = tuple(replace(e, state="approved") for e in sample.exposures)
    after = outcomes(replace(sample, exposures=approved, findings=(), verdict=Verdict("pass")))
    assert set(after.values()) == {"passed"}
    assert after.keys() == outcomes(sample).keys()


def test_too_little_telemetry_is_an_error_not_a_pass(sample: Audit) -> None:
    [case] = suite(replace(EMPTY, verdict=Verdict("inconclusive", ("no spans were read",))))
    error = case.find("error")
    assert error is not None
    assert error.get("message") == "no spans were read"


@given(text=st.text(max_size=30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_can_be_parsed_again(sample: Audit, poison: Any, text: str) -> None:
    assert len(suite(poison(sample, text))) >= len(sample.exposures)


@pytest.mark.parametrize("payload", ["]]>", "<!DOCTYPE x>", "&x;", "\x0b", "\ufffe", "\ud800", "\x85", "'\""])
def test_what_xml_forbids_or_reads_is_shown(sample: Audit, poison: Any, payload: str) -> None:
    found = suite(poison(sample, payload))
    assert {element.tag for element in found.iter()} == {"testsuite", "testcase", "failure", "skipped"}
