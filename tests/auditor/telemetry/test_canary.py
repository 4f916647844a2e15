"""Values planted in every field that can hold text: none is in a row."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.canaries import Canaries, request
from tests.support.otlp import protobuf


@pytest.mark.parametrize("form", ["json", "protobuf"])
def test_no_planted_value_reaches_a_row(read: Callable[..., list[dict[str, Any]]], form: str) -> None:
    canaries = Canaries()
    document = request(canaries)
    rows = read(document if form == "json" else protobuf(document))
    assert len(rows) > 20
    text = json.dumps(rows).lower()
    assert [value for value in canaries.planted if value.lower() in text] == []
    assert any(row["leaks"] for row in rows)
    assert {"email", "q"} <= {key["name"] for row in rows for key in row["keys"] or ()}


def test_json_and_protobuf_of_the_planted_spans_are_equal(read: Callable[..., list[dict[str, Any]]]) -> None:
    document = request(Canaries())
    assert read(document) == read(protobuf(document))
