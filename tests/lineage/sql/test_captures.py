"""Recorded statements of real applications: result columns as the server itself reported them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from lineage.sql.analyse import analyse
from lineage.sql.ddl import parse_ddl
from lineage.sql.shape import shape

CAPTURES = Path(__file__).parents[4] / "shared" / "data" / "captures"


def _recorded(name: str) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    folder = CAPTURES / name
    if not (folder / "sql_columns_truth.jsonl.gz").exists():
        pytest.skip(f"the capture {name} is not in ../shared/data/captures")
    with gzip.open(folder / "sql_columns_truth.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    ddl = parse_ddl((folder / "schema.sql").read_text())
    assert ddl.problems == ()
    schema = {table.name: [column.name for column in table.columns] for table in ddl.tables}
    return [row for row in rows if row["matched_on_wire"] and row["result_columns"] and not row["error"]], schema


@pytest.mark.parametrize("name", ["bank-of-anthos", "django-oscar", "django-oscar-sqlcommenter"])
def test_result_columns_are_those_of_the_server(name: str) -> None:
    rows, schema = _recorded(name)
    right = 0
    for row in rows:
        facts = analyse(shape(row["sql"], "postgresql").text, "postgres", schema)
        assert facts.parse == "full"
        got = {s.removeprefix("public.") for out in facts.outputs if out.direct and not out.target for s in out.sources}
        right += got == {source for _, source in row["result_columns"] if source}
    assert right / len(rows) >= 0.99


def test_a_shape_has_the_facts_of_its_statement() -> None:
    rows, schema = _recorded("django-oscar")
    for row in rows:
        assert analyse(shape(row["sql"], "postgresql").text, "postgres", schema) == analyse(
            row["sql"], "postgres", schema
        )
