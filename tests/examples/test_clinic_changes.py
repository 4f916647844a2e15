"""The recordings of two changes: each adds to the clinic before it just what its patch says."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.examples.clinic import BASELINE, LLM, MORE_COLUMNS, WHOLE, Recording
from tests.support.commands import CAPTURE, CLINIC, auditor


def test_more_columns_adds_one_field_to_the_export() -> None:
    assert MORE_COLUMNS.flows - BASELINE.flows == {("ssn", "export", "files.example.test")}
    assert BASELINE.flows - MORE_COLUMNS.flows == set()


def test_llm_adds_one_call() -> None:
    called = {(field, "triage", "api.llm.example") for field in ("birth_year", "complaint")}
    assert LLM.flows - BASELINE.flows == called
    assert BASELINE.flows - LLM.flows == set()
    assert LLM.flows == WHOLE.flows


@pytest.mark.parametrize(
    ("change", "options", "added", "removed"), [("more-columns", [], 1, 1), ("llm", ["--reverse"], 15, 4)]
)
def test_the_patches_fit_the_source(change: str, options: list[str], added: int, removed: int, tmp_path: Path) -> None:
    shutil.copytree(CLINIC / "clinic", tmp_path / "clinic", ignore=shutil.ignore_patterns("generated"))
    patch = CLINIC / "changes" / change / "change.patch"
    subprocess.run(["git", "apply", "--check", *options, str(patch)], cwd=tmp_path, check=True)
    lines = [line for line in patch.read_text().splitlines() if not line.startswith(("---", "+++"))]
    assert sum(line.startswith("+") for line in lines) == added
    assert sum(line.startswith("-") for line in lines) == removed


@pytest.mark.parametrize(
    ("change", "sinks"),
    [(BASELINE, set()), (MORE_COLUMNS, {"export", "files.example.test"}), (LLM, {"api.llm.example"})],
    ids=lambda value: value.folder.name if isinstance(value, Recording) else "",
)
def test_the_gate_names_what_a_change_adds(change: Recording, sinks: set[str], tmp_path: Path) -> None:
    def inputs(recording: Recording) -> list[str]:
        return [str(recording.folder / "traces.otlp.jsonl.gz"), "--schema", str(CAPTURE / "schema.sql")]

    assert auditor("approve", *inputs(BASELINE), "--all", "--by", "ann", folder=tmp_path).returncode == 0
    run = auditor("check", *inputs(change), "--json", folder=tmp_path)
    answer = json.loads(run.stdout)
    assert run.returncode == (1 if sinks else 0)
    assert {exposure["sink"]["name"] for exposure in answer["new"]} == sinks
    assert answer["not_seen"] == []
