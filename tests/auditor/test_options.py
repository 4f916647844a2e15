from __future__ import annotations

from dataclasses import replace
from inspect import signature
from typing import Any

import pytest

from auditor.asked import Asked, asking, found_audit, read_asked
from auditor.cli import app
from auditor.errors import UsageProblem
from auditor.options import FormatOption
from reports.formats import FORMATS

FINISHED = Asked(None, "flows.lock.json", audit="out")


@pytest.mark.parametrize(
    "beside",
    [
        {"inputs": ["traces"]},
        {"schema": ["ddl"]},
        {"sample": 5},
        {"statements": ["counted.csv"]},
        {"edges": ["network.json"]},
        {"columns": "trace_id=TraceID"},
    ],
)
def test_nothing_that_would_be_ignored_is_accepted_beside_a_finished_audit(beside: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem, match="finished audit"):
        found_audit(replace(FINISHED, **beside))


@pytest.mark.parametrize("command", ["scan", "check", "diff", "approve", "init"])
def test_every_command_that_makes_an_audit_takes_the_same(command: str) -> None:
    asked = set(signature(read_asked).parameters) - {"inputs", "audit"}
    [found] = [f for f in (each.callback for each in app.registered_commands) if f and f.__name__ == command]
    assert asked <= set(signature(found).parameters)


def test_what_is_left_out_is_no_parameter() -> None:
    @asking("audit", "inputs")
    def command(asked: Asked, own: int = 3) -> int:
        """What it does."""
        return (asked.sample, asked.audit, own) == (7, None, 4)

    parameters = list(signature(command).parameters)
    assert "audit" not in parameters
    assert "inputs" not in parameters
    assert parameters[-1] == "own"
    assert command(sample=7, own=4)
    assert command.__doc__ == "What it does."


def test_help_names_every_format() -> None:
    told = FormatOption.__metadata__[0].help  # type: ignore[attr-defined]
    assert set(FORMATS) <= set(told.replace(";", ",").replace(":", ",").replace(".", ",").replace(" ", "").split(","))
