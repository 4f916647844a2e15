"""Corrections stick: decisions, annotations and words, from files to the audit, on the recorded example system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import CAPTURE, auditor

TRACES, SCHEMA = str(CAPTURE / "traces.otlp.jsonl.gz"), str(CAPTURE / "schema.sql")
STREET = "patients-db/patients/addresses.street"


def scan(folder: Path, *more: str, schema: str = SCHEMA) -> dict[str, Any]:
    run = auditor("scan", TRACES, "--schema", schema, *more, "--quiet", folder=folder)
    assert run.returncode == 0, run.stderr
    document: dict[str, Any] = json.loads((folder / "out" / "audit.json").read_text())
    return document


def categories(audit: dict[str, Any], id_: str) -> list[str]:
    (field,) = [field for field in audit["fields"] if field["id"] == id_]
    return [label["category"] for label in field["labels"]]


def gaps(audit: dict[str, Any], kind: str) -> list[str]:
    return [gap["where"] for gap in audit["gaps"] if gap["kind"] == kind]


def test_explain_gives_the_lines_that_then_decide(tmp_path: Path) -> None:
    before = scan(tmp_path)
    assert categories(before, STREET) == ["user.contact.address.street"]
    assert any(flow["field"] == STREET for flow in before["flows"])
    told = auditor("explain", STREET, folder=tmp_path).stdout
    assert "because the name's words 'street' mean" in told
    assert "touched by patients, " in told

    lines = told[told.index("[[fields]]") :]
    text = lines.replace('"user.contact.address.street"', '"none"').replace(
        '"..."', '"the street of the clinic itself"'
    )
    (tmp_path / "auditor.toml").write_text(text)
    after = scan(tmp_path)
    assert categories(after, STREET) == []
    assert not any(flow["field"] == STREET for flow in after["flows"])
    assert gaps(after, "unused_decision") == []


def test_a_decision_shows_who_and_why_and_a_lost_one_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text(
        '[[fields]]\nmatch = "addresses.street"\ncategory = "user.name"\nby = "ann"\ndate = 2026-01-02\n'
        'reason = "named after people"\n[[fields]]\nmatch = "addresses.avenue"\ncategory = "none"\nreason = "old"\n'
    )
    audit = scan(tmp_path)
    assert categories(audit, STREET) == ["user.name"]
    assert "decided by ann on 2026-01-02: named after people" in auditor("explain", STREET, folder=tmp_path).stdout
    assert gaps(audit, "unused_decision") == ["auditor.toml line 7 [[fields]] 'addresses.avenue'"]


def test_conflicting_decisions_stop_the_audit(tmp_path: Path) -> None:
    entry = '[[fields]]\nmatch = "{}"\ncategory = "{}"\nreason = "r"\n'
    text = entry.format("addr??ses.street", "none") + entry.format("addresses.s?re?t", "user.name")
    (tmp_path / "auditor.toml").write_text(text)
    run = auditor("scan", TRACES, "--schema", SCHEMA, folder=tmp_path)
    assert run.returncode == 2
    assert "line 1 " in run.stderr
    assert "line 5 " in run.stderr


def test_annotations_beside_the_ddl(tmp_path: Path) -> None:
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    text = Path(SCHEMA).read_text()
    comment = "COMMENT ON COLUMN public.addresses.city IS 'The town. privacy: none';\n"
    patients = text.index("-- database: billing") if "-- database: billing" in text else len(text)
    (schemas / "schema.sql").write_text(text[:patients] + comment + text[patients:])
    (schemas / "compose.yml").write_text("services: {}\n")
    (schemas / "dbt.yml").write_text(
        "models:\n  - name: addresses\n    columns:\n"
        "      - name: address_id\n        meta: {data_categories: [user.unique_id]}\n"
        "      - name: nowhere\n        tags: [pii]\n"
    )
    audit = scan(tmp_path, schema=str(schemas))
    assert categories(audit, "patients-db/patients/addresses.city") == []
    assert "user.unique_id" in categories(audit, "patients-db/patients/addresses.address_id")
    told = auditor("explain", "addresses.address_id", folder=tmp_path).stdout
    assert "annotated as user.unique_id in dbt.yml, line 5 (dbt meta data_categories)" in told
    assert gaps(audit, "unused_annotation") == ["dbt.yml line 7"]
    assert [schema["name"] for schema in audit["scope"]["schemas"]] == ["dbt.yml", "schema.sql"]


def test_yaml_about_something_else_is_an_error_when_named(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services: {}\n")
    run = auditor("scan", TRACES, "--schema", "compose.yml", folder=tmp_path)
    assert run.returncode == 2
    assert "compose.yml" in run.stderr


def test_words_of_a_team(tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text(
        '[classify]\ncategories = ["user.contact.address.walk"]\n'
        '[[words]]\nwords = ["street"]\ncategory = "user.contact.address.walk"\n'
    )
    assert "user.contact.address.walk" in categories(scan(tmp_path), STREET)


@pytest.mark.parametrize("wanted", ["*.street", "addresses.*", STREET])
def test_explain_takes_ids_and_patterns(tmp_path: Path, wanted: str) -> None:
    scan(tmp_path)
    run = auditor("explain", wanted, folder=tmp_path)
    assert run.returncode == 0
    assert STREET in run.stdout
    assert auditor("explain", "*.no_such_column", folder=tmp_path).returncode == 2


def test_a_teams_reading_of_the_taxonomy_is_in_the_audit_and_its_reports(tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text(
        '[[taxonomy]]\ncategory = "user.contact.email"\ntitle = "Mail of a patient"\nsensitivity = "critical"\n'
    )
    audit = scan(tmp_path)
    tiers = {e["category"]: e["sensitivity"] for e in audit["exposures"]}
    assert tiers["user.contact.email"] == "critical"
    assert tiers["user.contact.phone_number"] == "high"
    assert [reading["key"] for reading in audit["readings"]] == ["user.contact.email"]
    (tmp_path / "auditor.toml").unlink()
    for format_ in ("csv", "html"):  # from the audit alone
        assert "Mail of a patient" in auditor("report", "out", "--format", format_, folder=tmp_path).stdout
