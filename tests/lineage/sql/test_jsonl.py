"""The documented shapes of a statement and its answer as JSON objects."""

from __future__ import annotations

import io
import json
import sys

import pytest

from lineage.sql.jsonl import answer, main


def test_answer() -> None:
    row = {
        "id": "7",
        "sql": "SELECT email AS e FROM users WHERE id = %s",
        "dialect": "postgres",
        "schema": {"users": ["id", "email"]},
    }
    assert answer(row) == {
        "id": "7",
        "parse": "full",
        "tables": {"read": ["users"], "written": []},
        "columns": [
            {"table": "users", "column": "email", "role": "projected", "certain": True},
            {"table": "users", "column": "id", "role": "filtered", "certain": True},
        ],
        "outputs": [{"name": "e", "target": None, "direct": True, "sources": ["users.email"]}],
    }


@pytest.mark.parametrize(
    "row", [{}, {"sql": 3, "schema": [1]}, {"sql": None, "dialect": 1, "schema": {"t": "x", "u": [1]}}]
)
def test_wrong_members_count_as_missing(row: dict[str, object]) -> None:
    assert answer(row)["tables"] == {"read": [], "written": []}


def test_lines_are_answered_in_order(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.StringIO('{"id": 1, "sql": "SELECT a FROM t"}\n\nnot json\n[1]\n{"id": 2, "sql": "FROB"}\n')
    )
    main()
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["id"] for one in answers] == [1, None, None, 2]
    assert answers[0]["tables"]["read"] == ["t"]
