"""What holds for every format: golden files, order, hostile names, one table for all commands."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineage.audit import Audit, Scope, Verdict
from reports.documents.all import CSV
from reports.formats import FORMATS, MIXABLE
from reports.repository import Repository
from tests.support.golden import check_golden

GOLDEN = Path(__file__).parent / "golden"
HERE = {
    "text": "check.txt",
    "summary": "summary.txt",
    "sarif": "audit.sarif",
    "junit": "junit.xml",
    "gitlab": "codequality.json",
    "github": "annotations.txt",
    "github-summary": "job_summary.md",
    "markdown": "comment.md",
}
ELSEWHERE = {"json", "html", "csv", "collector", *CSV}  # each has a golden file or an exact test of its own
REPOSITORY = Repository(
    lock_lines={"e1-262cb999a1c59956": 7, "e1-c4dea9b297d9d3f1": 9}, schemas={"shop.sql": "db/shop.sql"}
)
EMPTY = Audit(scope=Scope("0.1", (), (), 0, 0, None, None, 0, 0, "not stated"))
HOSTILE = "\n::error::x\x1b[2J\x00\u202e<script>`|](javascript:a) @ops #1 ]]>\ud800"


@pytest.mark.parametrize("name", HERE)
def test_golden(sample: Audit, name: str) -> None:
    check_golden(FORMATS[name](sample, REPOSITORY), GOLDEN / HERE[name])


@pytest.mark.parametrize("name", HERE)
def test_golden_of_hostile_names(sample: Audit, poison: Any, name: str) -> None:
    file = GOLDEN / f"hostile.{HERE[name]}"
    check_golden(FORMATS[name](poison(sample, HOSTILE), REPOSITORY), file)


def test_every_format_is_tested() -> None:
    assert set(FORMATS) == set(HERE) | ELSEWHERE
    assert set(FORMATS) >= MIXABLE


@pytest.mark.parametrize("name", FORMATS)
def test_order_does_not_matter(sample: Audit, shuffled: Audit, name: str) -> None:
    assert FORMATS[name](sample, REPOSITORY) == FORMATS[name](shuffled, REPOSITORY)


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_audit_is_rendered(name: str) -> None:
    assert FORMATS[name](EMPTY, Repository()).endswith("\n")


@given(text=st.text(max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", HERE)
def test_no_name_acts_or_hides(sample: Audit, poison: Any, name: str, text: str) -> None:
    rendered = FORMATS[name](poison(sample, text), REPOSITORY)
    rendered.encode()
    assert all(c.isprintable() or c == "\n" or unicodedata.category(c) == "Zs" for c in rendered)


@pytest.mark.parametrize("name", ["text", "sarif", "junit", "gitlab", "github", "github-summary", "markdown"])
@pytest.mark.parametrize(
    "verdict", [Verdict("inconclusive", ("no spans were read",)), Verdict("not_approved", ("no spans were read",))]
)
def test_what_did_not_pass_never_looks_clean(name: str, verdict: Verdict) -> None:
    """Though there is no exposure to point at."""
    passed = FORMATS[name](replace(EMPTY, verdict=Verdict("pass", ("nothing new",))), Repository())
    failed = FORMATS[name](replace(EMPTY, verdict=verdict), Repository())
    assert "no spans were read" in failed
    assert "no spans were read" not in passed
