"""Workflow commands that GitHub's runner reads as they were meant, and a summary that it takes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from lineage.audit import Audit, Exposure
from lineage.diff import exposure_id
from lineage.model import Party
from reports.github import LARGEST_SUMMARY, MOST_OF_A_KIND, job_summary, workflow_commands
from reports.markdown import LARGEST_COMMENT, comment
from reports.repository import Repository

COMMAND = re.compile(r"::(error|warning|notice) ([^\n]*?)::([^\n]*)")
REPOSITORY = Repository(schemas={"shop.sql": "db/shop.sql"})


def as_the_runner_reads(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Name, properties and words of each command, by the rules of the runner: a command a line, escapes undone."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        pairs = (pair.split("=", 1) for pair in match[2].split(","))
        properties = {key: unescaped(value).replace("%3A", ":").replace("%2C", ",") for key, value in pairs}
        found.append((match[1], properties, unescaped(match[3])))
    return found


def unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def test_each_exposure_that_waits_is_an_error_at_its_line(sample: Audit) -> None:
    told = as_the_runner_reads(workflow_commands(sample, REPOSITORY))
    errors = [(properties["file"], properties["line"]) for name, properties, _ in told if name == "error"]
    assert errors == [("db/shop.sql", line) for line in ("6", "4", "12", "6", "4")]
    assert [name for name, _, _ in told].count("notice") == 1


@pytest.mark.parametrize("payload", ["\n::error::x", "%0A::error::x", "::", ",line=9", "a:b,c=d", "\r", " ##[error]x"])
def test_a_name_cannot_add_a_command_or_a_property(sample: Audit, poison: Any, payload: str) -> None:
    spared = ("rules", "findings", "id", "flows", "via")
    told = as_the_runner_reads(workflow_commands(poison(sample, payload, spared), REPOSITORY))
    plain = as_the_runner_reads(workflow_commands(sample, REPOSITORY))
    assert [(name, properties.keys()) for name, properties, _ in told] == [(n, p.keys()) for n, p, _ in plain]
    assert all(properties["line"].isdigit() for _, properties, _ in told)


def crowd(sample: Audit, number: int) -> Audit:
    sinks = [Party("outsider", f"host{n}.example.test") for n in range(number)]
    exposures = [
        Exposure(exposure_id("user.name", sink), "user.name", sink, "new", "observed", "high", (), ()) for sink in sinks
    ]
    return replace(sample, exposures=tuple(exposures), leaks=(), findings=())


@pytest.mark.parametrize("number", [MOST_OF_A_KIND, MOST_OF_A_KIND + 1, 100])
def test_what_github_does_not_show_is_counted(sample: Audit, number: int) -> None:
    told = as_the_runner_reads(workflow_commands(crowd(sample, number), REPOSITORY))
    assert len(told) == MOST_OF_A_KIND
    more = number - MOST_OF_A_KIND + 1
    assert told[-1][2].startswith(f"{more} more") == (number > MOST_OF_A_KIND)


@pytest.mark.parametrize(("render", "largest"), [(job_summary, LARGEST_SUMMARY), (comment, LARGEST_COMMENT)])
def test_a_text_too_long_is_cut_and_says_so(sample: Audit, render: Any, largest: int) -> None:
    text = render(crowd(sample, 20_000), REPOSITORY)
    assert len(text.encode()) <= largest
    assert "more lines: see the whole report." in text
    assert text.count("<details>") == text.count("</details>")


def test_a_text_cut_among_the_details_closes_them(sample: Audit) -> None:
    for number in range(150, 260, 5):
        text = comment(crowd(sample, number), REPOSITORY)
        assert text.count("<details>") == text.count("</details>")
        assert len(text.encode()) <= LARGEST_COMMENT
