"""Code Quality as GitLab documents it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lineage.audit import Audit
from lineage.findings import Finding
from reports.gitlab import code_quality
from reports.repository import Repository


def entries(audit: Audit) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(code_quality(audit, Repository(schemas={"shop.sql": "db/shop.sql"})))
    for entry in found:
        assert entry.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert all(entry[key] and isinstance(entry[key], str) for key in ("description", "check_name", "fingerprint"))
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not entry["location"]["path"].startswith(("./", "/"))
        assert entry["location"]["lines"]["begin"] >= 1
    assert len({entry["fingerprint"] for entry in found}) == len(found)  # equal ones would be merged into one
    return found


def test_what_waits_is_graver_than_info(sample: Audit) -> None:
    grave = {entry["fingerprint"] for entry in entries(sample) if entry["severity"] != "info"}
    assert grave == {e.id for e in sample.exposures if e.state in ("new", "violation")}


def test_fingerprints_do_not_move_with_what_is_found_beside(sample: Audit) -> None:
    fewer = replace(sample, exposures=sample.exposures[:3], flows=sample.flows[:5], findings=())
    assert {e["fingerprint"] for e in entries(fewer)} <= {e["fingerprint"] for e in entries(sample)}


def test_two_findings_of_one_rule_stay_two(sample: Audit) -> None:
    twice = tuple(Finding("inconclusive", "gate.thin-telemetry", "moderate", "", text) for text in ("few", "fewer"))
    texts = [entry["description"] for entry in entries(replace(sample, findings=twice))]
    assert {"few", "fewer"} <= set(texts)


@pytest.mark.parametrize("payload", ["\n", "\ud800", '"', "\x00", "", "x" * 10_000])
def test_hostile_names_stay_text(sample: Audit, poison: Any, payload: str) -> None:
    assert len(entries(poison(sample, payload))) >= 6
