"""Payload schemas through the command line, on the recorded example system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.commands import CAPTURE, auditor

TRACES = str(CAPTURE / "traces.otlp.jsonl.gz")


def audit_of(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "out" / "audit.json").read_text())
    return document


def test_a_folder_of_all_kinds_of_schemas(tmp_path: Path) -> None:
    run = auditor("scan", TRACES, "--schema", str(CAPTURE), "--out", "out", "--quiet", folder=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    audit = audit_of(tmp_path)
    formats = {entry["name"]: entry["format"] for entry in audit["scope"]["schemas"]}
    assert {"asyncapi", "avro", "ddl", "graphql", "openapi", "protobuf"} == set(formats.values())
    assert formats["clinic.proto"] == "protobuf"
    assert formats["schema.sql"] == "ddl"
    assert "truth.json" not in formats
    assert not [gap for gap in audit["gaps"] if gap["kind"] == "unread_schema"]


def test_a_damaged_schema_is_a_gap_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text("openapi: 3.0.0\npaths:\n  - [secret-word\n")
    schema = f"portal={tmp_path / 'api.yaml'}"
    run = auditor("scan", TRACES, "--schema", schema, "--out", "out", "--quiet", folder=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    (gap,) = [gap for gap in audit_of(tmp_path)["gaps"] if gap["kind"] == "unread_schema"]
    assert gap["where"] == "api.yaml:4"
    assert "is not YAML" in gap["what_it_hides"]
    assert "secret-word" not in (tmp_path / "out" / "audit.json").read_text()


def test_a_file_that_is_no_schema_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text("[1, 2]")
    run = auditor("scan", TRACES, "--schema", "data.json", folder=tmp_path)
    assert run.returncode == 2
    assert "data.json: of no known schema format" in run.stderr
