from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lineage.audit import Audit, Scope, Verdict
from reports.summary import lines

EMPTY = Audit(scope=Scope("0.1", (), (), 0, 0, None, None, 0, 0, "not stated"))


def test_it_counts_and_names(sample: Audit) -> None:
    text = "\n".join(lines(sample))
    assert lines(sample)[0] == "5 exposures of personal data are not approved."
    for words in (
        "7 services (2 stores, 3 outside parties)",
        "10 sensitive fields (of 14 fields known)",
        "20 flows (13 observed, 2 declared, 5 possible)",
        "19 exposures (1 against policy, 4 new, 1 waived, 13 approved)",
        "2 telemetry leaks",
        "3 gaps",
        "metrics.example.test (outside party): against policy",
        "Next:",
    ):
        assert words in text


def test_order_does_not_matter(sample: Audit, shuffled: Audit) -> None:
    assert lines(sample) == lines(shuffled)


def test_names_cannot_add_lines_or_escapes(sample: Audit, poison: Any) -> None:
    told = lines(poison(sample, "\n::error::\x1b[2J\u202e"))
    assert all(line.isprintable() for line in told)
    assert not any(line.startswith("::") for line in told)


@pytest.mark.parametrize(
    ("verdict", "headline"),
    [
        (Verdict("pass"), "No personal data was seen reaching any party."),
        (Verdict("inconclusive", ("there are no spans",)), "The telemetry is too thin for a verdict."),
        (Verdict("not_approved"), "The gate did not pass."),
    ],
)
def test_the_headline_says_what_the_gate_said(verdict: Verdict, headline: str) -> None:
    told = lines(replace(EMPTY, verdict=verdict))
    assert told[0] == headline
    assert all(f"  {reason}" in told for reason in verdict.reasons)


def test_all_approved_is_said_without_judging(sample: Audit) -> None:
    approved = tuple(replace(exposure, state="approved") for exposure in sample.exposures)
    told = lines(replace(sample, exposures=approved, verdict=Verdict("pass")))
    assert told[0] == "Nothing new: all 19 exposures of personal data seen are approved or waived."
