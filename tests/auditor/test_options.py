from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from auditor.errors import UsageProblem
from auditor.options import Asked, FormatOption, found_audit
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


def test_help_names_every_format() -> None:
    told = FormatOption.__metadata__[0].help  # type: ignore[attr-defined]
    assert set(FORMATS) <= set(told.replace(";", ",").replace(":", ",").replace(".", ",").replace(" ", "").split(","))
