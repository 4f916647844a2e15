"""The action, the workflows and the hook that users take, run as far as that goes without the servers they are for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.main import get_command

from auditor.cli import app
from reports.markdown import MARKER
from tests.support.actions import Runner, read_yaml
from tests.support.commands import auditor
from tests.support.otlp import request, span

ROOT = Path.cwd()
BIN = str(Path(sys.executable).parent)
ACTION, WORKFLOW, GITLAB = ROOT / "action.yml", ROOT / "docs/ci/github.yml", ROOT / "docs/ci/gitlab-ci.yml"
QUERY = {"db.system.name": "postgresql", "db.namespace": "shop", "db.query.text": "SELECT email FROM users"}
GH = """#!/bin/bash
echo "$*" >> "$GH_LOG"
if [[ "$*" == *--jq* ]]; then cat "$GH_KNOWN"; fi
"""
PYTHON = """#!/bin/bash
mkdir -p "$3/bin"
printf '#!/bin/bash\\necho "$*" >> "$PIP_LOG"\\n' > "$3/bin/pip"
chmod +x "$3/bin/pip"
"""


def vendored(name: str) -> Any:
    folder = resources.files("check_jsonschema").joinpath("builtin_schemas/vendor")
    return json.loads(folder.joinpath(name).read_text(encoding="utf-8"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of a small shop: one service that reads an e-mail address."""
    folder = tmp_path / "shop"
    (folder / "db").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "db" / "schema.sql").write_text("CREATE TABLE users (\n  id int,\n  email text\n);\n")
    (folder / "my traces").mkdir()
    spans = (
        span(1, "server", "GET /users", {"http.request.method": "GET", "http.route": "/users"}),
        span(2, "client", "SELECT", QUERY, parentSpanId=f"{1:016x}"),
    )
    (folder / "my traces" / "spans.json").write_text(json.dumps(request(*spans)))
    (folder / "empty.json").write_text('{"resourceSpans": []}')
    return folder


def runner(folder: Path, **inputs: str) -> Runner:
    given = {"traces": "my traces\n", "schemas": "\ndb/schema.sql\n"} | inputs
    return Runner(yaml.safe_load(ACTION.read_text()), folder, BIN, given)


def test_the_action_reports_and_fails_until_it_is_approved(repository: Path) -> None:
    first = runner(repository)
    ran = first.run("Audit")
    assert (ran.returncode, first.outputs["steps.check.outputs.verdict"]) == (0, "not_approved"), ran.stderr
    assert ran.stdout.startswith("::error file=db/schema.sql,line=3,endLine=3,title=E-mail address to service shop::")
    assert (repository.parent / "github_step_summary").read_text().startswith("### Privacy audit: not approved")
    out = repository / "privacy-audit"
    [result] = json.loads((out / "privacy.sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "db/schema.sql"
    assert (out / "comment.md").read_text().startswith(MARKER)
    assert first.value("${{ steps.check.outputs.sarif }}") == "privacy-audit/privacy.sarif"
    assert first.run("Verdict").returncode == 1

    approved = auditor("approve", "--audit", "privacy-audit", "--all", "--by", "ann", folder=repository)
    assert approved.returncode == 0, approved.stderr
    second = runner(repository)
    assert second.run("Audit").returncode == 0
    assert second.outputs["steps.check.outputs.verdict"] == "pass"
    assert second.run("Verdict").returncode == 0


@pytest.mark.parametrize(
    ("inputs", "verdict", "code"),
    [
        ({"traces": "empty.json"}, "inconclusive", 3),
        ({"traces": "nowhere"}, "error", 2),
        ({"traces": ""}, "error", 2),
        ({"traces": "--help"}, "error", 2),
        ({"traces": '"; touch owned; "'}, "error", 2),
        ({"schemas": "$(touch owned)"}, "error", 2),
        ({"out": "a,b"}, "error", 2),
    ],
)
def test_what_could_not_be_decided_never_passes(
    repository: Path, inputs: dict[str, str], verdict: str, code: int
) -> None:
    action = runner(repository, **inputs)
    action.run("Audit")
    assert action.outputs["steps.check.outputs.verdict"] == verdict
    assert action.run("Verdict").returncode == code
    assert not list(repository.rglob("owned"))


def test_a_step_that_never_ran_fails_the_verdict(repository: Path) -> None:
    assert runner(repository).run("Verdict").returncode == 2


def test_what_is_installed_is_checked_by_hash(repository: Path, tmp_path: Path) -> None:
    tools = executable(tmp_path / "tools" / "python", PYTHON).parent
    action = runner(repository)
    action.path, action.environment = str(tools), {"PIP_LOG": str(tmp_path / "pip.log")}
    ran = action.run("Install the auditor")
    assert ran.returncode == 0, ran.stderr
    first, second = (tmp_path / "pip.log").read_text().splitlines()
    assert "--require-hashes" in first
    assert "requirements.lock" in first
    assert "--no-deps" in second
    assert (tmp_path / "github_path").read_text().strip().endswith("/privacy-auditor/bin")


@pytest.mark.parametrize(
    ("known", "call"),
    [("", "POST repos/acme/shop/issues/7/comments"), ("41\n42\n", "PATCH repos/acme/shop/issues/comments/41")],
)
def test_the_comment_is_written_once_and_then_replaced(repository: Path, tmp_path: Path, known: str, call: str) -> None:
    tools = executable(tmp_path / "tools" / "gh", GH).parent
    (tmp_path / "known").write_text(known)
    (repository / "privacy-audit").mkdir()
    (repository / "privacy-audit" / "comment.md").write_text(MARKER)
    action = runner(repository)
    action.path = str(tools)
    action.context = {"github.token": "t", "github.event.pull_request.number": "7"}
    action.environment = {"GH_LOG": str(tmp_path / "gh.log"), "GH_KNOWN": str(tmp_path / "known")}
    ran = action.run("Comment on the pull request")
    assert ran.returncode == 0, ran.stderr
    asked, written = (tmp_path / "gh.log").read_text().splitlines()
    assert f'startswith("{MARKER}")' in asked
    assert f"--method {call} -F body=@privacy-audit/comment.md" in written


def executable(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_the_action_is_an_action_and_its_scripts_hold_no_expression() -> None:
    action = yaml.safe_load(ACTION.read_text())
    jsonschema.validate(action, vendored("github-actions.json"))
    steps = action["runs"]["steps"]
    assert not [step["name"] for step in steps if "${{" in step.get("run", "")]
    wanted = {match for text in re.findall(r"inputs\.([\w-]+)", ACTION.read_text()) for match in [text]}
    assert wanted == set(action["inputs"])


def test_the_workflow_is_one_and_asks_for_no_more_than_it_needs() -> None:
    workflow = read_yaml(WORKFLOW)
    jsonschema.validate(workflow, vendored("github-workflows.json"))
    assert "pull_request_target" not in workflow["on"]
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["audit"]["permissions"] == {"contents": "read"}
    [used] = [step for step in workflow["jobs"]["audit"]["steps"] if "privacy-auditor@" in step.get("uses", "")]
    assert set(used["with"]) <= set(yaml.safe_load(ACTION.read_text())["inputs"])


@pytest.mark.parametrize("file", [ACTION, WORKFLOW])
def test_every_action_used_is_pinned_by_its_commit(file: Path) -> None:
    used = re.findall(r"uses: (\S+)", file.read_text())
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in used)


def test_the_gitlab_job_is_valid_and_its_script_runs(repository: Path) -> None:
    pipeline = yaml.safe_load(GITLAB.read_text())
    jsonschema.validate(pipeline, vendored("gitlab-ci.json"))
    job = pipeline["privacy-audit"]
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", **job["variables"], "TRACES": "my traces"}
    script = "\n".join(["set -e", *job["script"]])
    ran = subprocess.run(
        ["bash", "-c", script], cwd=repository, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1, ran.stderr
    assert ran.stdout.startswith("NOT APPROVED")
    for file in (job["artifacts"]["reports"]["codequality"], job["artifacts"]["reports"]["junit"]):
        assert (repository / file).read_text()


def test_the_hook_runs_a_command_that_is_there(repository: Path) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {"id", "name", "entry", "language", "files"} <= set(hook)
    program, command = hook["entry"].split()
    assert program == "auditor"
    assert command in get_command(app).commands  # type: ignore[attr-defined]
    assert re.match(hook["files"], ".dataflow/flows.lock.json")
    assert not re.match(hook["files"], "src/.dataflow.py")
    (repository / ".dataflow").mkdir()
    (repository / ".dataflow" / "flows.lock.json").write_text("{")
    assert auditor(command, folder=repository).returncode != 0
