"""Placeholder styles and truncation on a capture's statements; `tests.bench.probe_sql` prints it for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.probe_sql import STYLES, probe, restyled

CAPTURE = Path(__file__).parents[4] / "shared/data/captures/bank-of-anthos"


@pytest.mark.parametrize("with_schema", [False, True])
def test_neither_style_nor_truncation_invents_a_table(with_schema: bool) -> None:
    if not CAPTURE.exists():
        pytest.skip("the captures are not there")
    counts = probe(CAPTURE, with_schema=with_schema)
    for style in STYLES:
        assert counts[style]["right"] == counts[style]["probes"] > 0, style
        assert counts[style]["phantoms"] == 0, style
    for cut in ("cut", "cut, stored"):
        assert counts[cut]["right"] == counts[cut]["probes"] > 0
        assert counts[cut]["phantoms"] <= (1 if with_schema else 8)


def test_restyling() -> None:
    sql = "SELECT a FROM t WHERE b IN (%s, %s) AND c = %(x)s"
    assert restyled(sql, STYLES["$1"]) == "SELECT a FROM t WHERE b IN ($1, $2) AND c = $3"
    assert restyled("VALUES (?, ?, ?)", STYLES["$1"]) == "VALUES ($1, $2,$3)"
