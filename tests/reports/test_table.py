from __future__ import annotations

import csv
import io
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lineage.audit import Audit
from reports.table import COLUMNS, flows_csv

GOLDEN = Path(__file__).parent / "golden" / "flows.csv"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_golden(sample: Audit) -> None:
    text = flows_csv(sample)
    if os.environ.get("REFRESH_GOLDEN"):
        GOLDEN.write_bytes(text.encode())
    assert text.encode() == GOLDEN.read_bytes()


def test_a_row_for_each_flow_whatever_the_order(sample: Audit, shuffled: Audit) -> None:
    assert {row["id"] for row in rows(flows_csv(sample))} == {flow.id for flow in sample.flows}
    assert flows_csv(shuffled) == flows_csv(sample)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\x00=", " =", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(sample: Audit, start: str) -> None:
    hostile = replace(sample.flows[0], via=f'{start}HYPERLINK("x")', why=(f"{start}1",))
    (row,) = rows(flows_csv(replace(sample, flows=(hostile,), exposures=())))
    for cell in row.values():
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
        assert cell.isprintable()


def test_hostile_names_stay_in_their_cells(sample: Audit, poison: Any) -> None:
    found = rows(flows_csv(poison(sample, '",\r\n"=1+1;|')))
    assert len(found) == len(sample.flows)
    assert all(tuple(row) == COLUMNS for row in found)
