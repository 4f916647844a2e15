"""The commands on the recorded example system, as a user and as CI would run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.clinic import OUTSIDERS, QUEUES, SERVICES
from tests.support.commands import CAPTURE, CLINIC, auditor

TRACES, SCHEMA = str(CAPTURE / "traces.otlp.jsonl.gz"), str(CAPTURE / "schema.sql")


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scan")
    run = auditor("scan", TRACES, "--schema", SCHEMA, "--out", "out", folder=folder)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert "portal" in run.stdout or "services" in run.stdout
    return folder


def audit_of(folder: Path) -> dict[str, list[dict[str, object]]]:
    document: dict[str, list[dict[str, object]]] = json.loads((folder / "out" / "audit.json").read_text())
    return document


def test_scan_finds_the_example_system(scanned: Path) -> None:
    audit = audit_of(scanned)
    assert {service["name"] for service in audit["services"]} == SERVICES
    assert {outsider["name"] for outsider in audit["outsiders"]} == OUTSIDERS
    assert {channel["name"] for channel in audit["channels"]} == QUEUES
    assert len([store for store in audit["stores"] if store["system"] == "postgresql"]) == 3
    assert audit["leaks"]
    assert (scanned / "out" / "report.html").read_text().startswith("<!doctype html>")


def test_the_same_input_gives_the_same_bytes(scanned: Path, tmp_path: Path) -> None:
    assert auditor("scan", TRACES, "--schema", SCHEMA, "-q", folder=tmp_path).stdout == ""
    for name in ("audit.json", "report.html", "manifest.json"):
        assert (tmp_path / "out" / name).read_bytes() == (scanned / "out" / name).read_bytes()


def test_json_and_protobuf_of_the_same_spans_say_the_same(scanned: Path, tmp_path: Path) -> None:
    other = str(CAPTURE / "traces.otlp.pb.gz")
    assert auditor("scan", other, "--schema", SCHEMA, "-q", folder=tmp_path).returncode == 0
    first, second = audit_of(scanned), audit_of(tmp_path)
    first.pop("scope"), second.pop("scope")
    assert first == second


def test_the_gate_from_nothing_to_approved_to_something_new(scanned: Path, tmp_path: Path) -> None:
    inputs = [TRACES, "--schema", SCHEMA]
    run = auditor("check", *inputs, folder=tmp_path)
    assert run.returncode == 1
    assert run.stdout.startswith("NOT APPROVED")
    assert "path:" in run.stdout
    assert "because" in run.stdout
    assert auditor("approve", *inputs, "--all", "--by", "ann", folder=tmp_path).returncode == 0
    run = auditor("check", *inputs, folder=tmp_path)
    assert (run.returncode, run.stdout[:6]) == (0, "PASSED")

    lock = tmp_path / ".dataflow" / "flows.lock.json"
    lines = lock.read_text().splitlines(keepends=True)
    removed = json.loads(lines.pop(3).rstrip(",\n"))
    lock.write_text("".join(lines))
    run = auditor("check", *inputs, "--json", folder=tmp_path)
    assert run.returncode == 1
    assert [exposure["id"] for exposure in json.loads(run.stdout)["new"]] == [removed["id"]]
    assert auditor("explain", removed["id"], "--audit", str(scanned / "out"), folder=tmp_path).returncode == 0
    run = auditor("approve", *inputs, removed["id"], folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert auditor("check", *inputs, "-q", folder=tmp_path).returncode == 0


def test_silence_is_inconclusive(scanned: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text('{"resourceSpans": []}')
    run = auditor("check", str(empty), folder=tmp_path)
    assert (run.returncode, run.stdout.split(":")[0]) == (3, "INCONCLUSIVE")
    assert auditor("approve", str(empty), "--all", folder=tmp_path).returncode == 2

    out = str(scanned / "out")
    assert auditor("approve", "--audit", out, "--all", folder=tmp_path).returncode == 0
    lock = tmp_path / ".dataflow" / "flows.lock.json"
    lock.write_text(lock.read_text().replace('"services": [', '"services": ["gone", '))
    run = auditor("check", "--audit", out, folder=tmp_path)
    assert run.returncode == 3
    assert "gone" in run.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["scan"],
        ["scan", "no-such-file.json"],
        ["scan", TRACES, "--schema", "no-such-schema.sql"],
        ["scan", TRACES, "--config", "no-such.toml"],
        ["scan", "--no-such-option"],
        ["check"],
        ["check", "--audit", "nowhere"],
        ["check", TRACES, "--audit", "nowhere"],
        ["approve", TRACES],
        ["approve", TRACES, "e1-0000000000000000"],
        ["explain", "e1-0000000000000000"],
        ["report", "nowhere"],
        ["classify", "--format", "xml"],
        ["sql", "nowhere.jsonl"],
        ["serve", "--audit", "nowhere"],
        ["serve", "--host", "0.0.0.0"],
        ["verify", "nowhere"],
        ["draw", "nowhere"],
    ],
)
def test_usage_errors_exit_2_with_one_clear_line(tmp_path: Path, arguments: list[str]) -> None:
    run = auditor(*arguments, folder=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith("auditor: ")
    assert "Traceback" not in run.stderr
    assert "internal error" not in run.stderr


@pytest.mark.parametrize(
    "broken",
    [
        "auditor.engine.local.count_inputs",
        "reports.html.render",
        "lineage.flows.find_flows",
        "auditor.files.write_text",
    ],
)
def test_a_crash_never_looks_like_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    import auditor.audit
    import auditor.cli

    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a value of the input")

    monkeypatch.setattr(broken, crash)
    for module in (auditor.audit, auditor.cli):
        monkeypatch.setattr(module, broken.rpartition(".")[2], crash, raising=False)
    monkeypatch.chdir(tmp_path)
    assert auditor.cli.run(["scan", TRACES, "--schema", SCHEMA, "--quiet"]) == 2
    error = capsys.readouterr().err
    assert "ZeroDivisionError" in error
    assert "a value of the input" not in error


def test_machine_readable_output_is_nothing_but_json(tmp_path: Path) -> None:
    run = auditor("scan", TRACES, "--schema", SCHEMA, "--json", folder=tmp_path)
    assert json.loads(run.stdout)["services"] == len(SERVICES)
    assert run.stderr == ""


def test_jsonl_commands(tmp_path: Path) -> None:
    row = {"table": "users", "column": "email", "type": "varchar"}
    run = auditor("classify", "--format", "jsonl", "-", folder=tmp_path, input=json.dumps(row) + "\n")
    assert json.loads(run.stdout)["labels"][0]["category"] == "user.contact.email"
    question = {"id": "7", "sql": "SELECT u.ssn FROM users u WHERE u.email = ?", "dialect": "postgres", "schema": {}}
    run = auditor("sql", "--format", "jsonl", "-", folder=tmp_path, input=json.dumps(question) + "\n")
    answer = json.loads(run.stdout)
    assert answer["tables"] == {"read": ["users"], "written": []}
    assert {(c["column"], c["role"]) for c in answer["columns"]} == {("ssn", "projected"), ("email", "filtered")}
    raw = {"id": 8, "sql": "SELECT ssn FROM users WHERE email = 'ann@example.com'"}
    run = auditor("sql", "--format", "semconv", "-", folder=tmp_path, input=json.dumps(raw) + "\n")
    assert json.loads(run.stdout) == {
        "id": 8,
        "db.query.text": "SELECT ssn FROM users WHERE email = ?",
        "db.query.summary": "SELECT users",
    }
    assert auditor("sql", "--format", "csv", "-", folder=tmp_path, input="").returncode == 2


def test_commands_load_late() -> None:
    heavy = {"lineage.audit", "reports.view", "numpy", "pyarrow", "duckdb", "sqlglot", "networkx", "jinja2", "tomlkit"}
    code = f"import sys, auditor.cli; print(sorted({heavy!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_help_has_an_example_for_every_command(tmp_path: Path) -> None:
    for command in ("scan", "check", "approve", "explain", "report", "classify", "sql", "serve", "verify", "draw"):
        run = auditor(command, "--help", folder=tmp_path)
        assert run.returncode == 0
        assert "Example:" in run.stdout


def test_the_demo_shows_what_is_new_since_its_baseline(tmp_path: Path) -> None:
    lock = str(CLINIC / ".dataflow" / "flows.lock.json")
    run = auditor("check", TRACES, "--schema", str(CAPTURE), "--lock", lock, "--json", folder=tmp_path)
    assert run.returncode == 1
    answer = json.loads(run.stdout)
    assert {exposure["sink"]["name"] for exposure in answer["new"]} == {"api.llm.example"}
    assert answer["not_seen"] == []
