"""Rows shared between spans that are alike are the rows that each would have by itself."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from auditor.telemetry.build import row_of
from auditor.telemetry.compression import Plain
from auditor.telemetry.detect import HEAD
from auditor.telemetry.formats import Reading
from auditor.telemetry.otlp_json import read_otlp
from auditor.telemetry.raw import RawSpan
from auditor.telemetry.sharing import SharedRows
from tests.support.otlp import request
from tests.support.otlp_strategies import pairs, spans

FILES = ("captures/*/traces.otlp.jsonl.gz", "traces/*/*.json.gz", "traces/nezha-onlineboutique/*.csv.gz")


def rows_are_equal(raws: list[RawSpan]) -> bool:
    shared = SharedRows()
    return [shared.row_of(raw) for raw in raws] == [row_of(raw) for raw in raws]


@settings(max_examples=200, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(spans(), max_size=20), pairs)
def test_shared_rows_are_the_spans_own(made: list[dict[str, Any]], resource: dict[str, Any]) -> None:
    raws = list(read_otlp(request(*made, resource=resource), lambda _: None))
    sides = ({}, {"peer": "other", "peer_host": "10.0.0.1", "peer_port": 5}, {"peer": "kafka"}, {"weight": 2.0})
    assert rows_are_equal([replace(raw, **side) for raw in raws for side in sides])


@pytest.mark.parametrize("pattern", FILES)
def test_files_of_every_format_give_equal_rows(shared: Path, pattern: str) -> None:
    files = sorted(shared.glob(pattern))
    assert files
    for file in files:
        with file.open("rb") as stream:
            reading = Reading(io.BufferedReader(Plain(stream), HEAD), lambda *_: None)
            assert file.name.startswith("large") or rows_are_equal(list(reading))
