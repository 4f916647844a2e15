"""Proposals: changes for a reviewer, sealed in a log. Nothing is approved by them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.examples import EXAMPLE
from api.limited import MOST
from auditor.config import load_config
from auditor.gate.folder import load_decisions
from auditor.ledger import check
from auditor.proposals.book import LOG, Proposals
from auditor.proposals.drafts import Files
from auditor.proposals.patch import patch
from lineage.gate.judge import judge
from reports.audit_json import dumps

ID = EXAMPLE.exposures[0].id
APPROVE = {"action": "approve", "ids": [ID], "by": "ann", "reason": "the mail goes to the patient"}
WAIVE = {"action": "waive", "ids": [ID], "by": "ann", "reason": "until the new gateway", "owner": "mail team"}
CORRECT = {
    "action": "correct",
    "match": "clinic/patients.email",
    "category": "user.name",
    "by": "ann",
    "reason": "it holds names",
}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with an audit, without any decision yet, as the current folder."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "audit.json").write_text(dumps(EXAMPLE))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def proposing(house: Path) -> Iterator[TestClient]:
    """A client of a server that takes proposals."""
    app = create_app(house / "out", proposals=Proposals(house / "log", Files()))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def apply(house: Path, text: str) -> None:
    subprocess.run(["git", "apply", "--check", "-"], input=text.encode(), cwd=house, check=True)
    subprocess.run(["git", "apply", "-"], input=text.encode(), cwd=house, check=True)


def propose(client: TestClient, wish: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/api/v1/proposals", json=wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/v1/proposals/{made['number']}"
    return made


def state(house: Path) -> str:
    decisions = load_decisions(str(house / ".dataflow/flows.lock.json"))
    return judge(EXAMPLE, decisions.lock, decisions.standards).exposures[0].state


def test_an_approval_counts_once_its_patch_is_applied(proposing: TestClient, house: Path) -> None:
    made = propose(proposing, APPROVE | {"purpose": "appointments"})
    assert state(house) == "new"
    assert not (house / ".dataflow").exists()
    apply(house, proposing.get(made["patch"]).text)
    assert state(house) == "approved"
    (approval,) = load_decisions(".dataflow/flows.lock.json").lock.approvals  # type: ignore[union-attr]
    assert (approval.by, approval.reason, approval.purpose) == ("ann", APPROVE["reason"], "appointments")


def test_an_approval_beside_others_changes_only_its_line(proposing: TestClient, house: Path) -> None:
    lock = house / ".dataflow" / "flows.lock.json"
    lock.parent.mkdir()
    lock.write_text(
        '{"format": "flows-lock/1",\n"services": ["patients"],\n"exposures": [\n'
        '{"id": "e1-0000000000000000", "category": "user.name", "sink_kind": "service", "sink": "a", '
        '"evidence": "observed", "by": "bob", "at": "2026-01-01", "reason": "r\\u2028s"}\n],\n'
        '"operations": {\n"patients": ["GET /patients/{id}"]\n}}\n'
    )
    made = propose(proposing, APPROVE)
    text = proposing.get(made["patch"]).text
    assert text.startswith("--- a/.dataflow/flows.lock.json")
    apply(house, text)
    assert len(load_decisions(str(lock)).lock.approvals) == 2  # type: ignore[union-attr]


def test_a_waiver_counts_once_its_patch_is_applied(proposing: TestClient, house: Path) -> None:
    made = propose(proposing, WAIVE)
    apply(house, proposing.get(made["patch"]).text)
    assert state(house) == "waived"
    again = proposing.post("/api/v1/proposals", json=WAIVE)
    assert again.status_code == 422
    assert "waived already" in again.json()["detail"]


@pytest.mark.parametrize("before", [None, "", "[classify]\nmin_confidence = 0.4", "# ours\n[[words]]\n"])
def test_a_correction_counts_once_its_patch_is_applied(proposing: TestClient, house: Path, before: str | None) -> None:
    if before is not None:
        (house / "auditor.toml").write_text(before.replace("[[words]]\n", ""))
    made = propose(proposing, CORRECT)
    apply(house, proposing.get(made["patch"]).text)
    (decision,) = load_config(str(house / "auditor.toml")).decisions
    assert (decision.pattern.text, decision.reason, decision.by) == (CORRECT["match"], CORRECT["reason"], "ann")
    assert proposing.post("/api/v1/proposals", json=CORRECT).status_code == 422  # it is decided now


def test_the_text_for_a_pull_request_names_who_and_why_and_the_evidence(proposing: TestClient) -> None:
    made = propose(proposing, APPROVE | {"by": "ann `<script>` @all", "reason": "a\n# b"})
    answer = proposing.get(made["body"])
    assert answer.headers["content-type"].startswith("text/markdown")
    assert answer.headers["content-disposition"] == 'attachment; filename="proposal-1.md"'
    assert "once this change is reviewed and merged" in answer.text
    assert "`ann \\u0060<script>\\u0060 @all`" in answer.text
    assert "`a\\u000a# b`" in answer.text
    assert "service patients" in answer.text


def test_every_proposal_is_in_the_log(proposing: TestClient, house: Path) -> None:
    numbers = [propose(proposing, wish)["number"] for wish in (APPROVE, WAIVE, CORRECT)]
    assert numbers == [1, 2, 3]
    listed = proposing.get("/api/v1/proposals?limit=2").json()
    assert [one["number"] for one in listed["items"]] == [3, 2]
    assert [one["number"] for one in proposing.get(listed["next"]).json()["items"]] == [1]
    assert proposing.get("/api/v1/proposals/2").json()["action"] == "waive"
    log = house / "log" / LOG
    assert check(log) == ([], proposing.get("/api/v1/proposals/3").json()["digest"])
    content = [json.loads(line)["content"] for line in log.read_text().splitlines()]
    assert [one["wish"]["by"] for one in content] == ["ann"] * 3
    assert all(one["draft"]["patch"].startswith("--- ") for one in content)


def test_a_log_that_was_changed_is_neither_read_nor_written(proposing: TestClient, house: Path) -> None:
    propose(proposing, APPROVE)
    log = house / "log" / LOG
    log.write_text(log.read_text().replace("ann", "bob"))
    for answer in (proposing.get("/api/v1/proposals"), proposing.post("/api/v1/proposals", json=APPROVE)):
        assert answer.status_code == 503
        assert str(house) not in answer.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"ids": []}, 422),
        ({"ids": ["e1-0000000000000000"]}, 422),
        ({"ids": ["canary"]}, 422),
        ({"by": " "}, 422),
        ({"reason": "..."}, 422),
        ({"by": "canary" * 100}, 422),
        ({"action": "canary"}, 422),
        ({"canary": 1}, 422),
        ({"action": "waive"}, 422),
        ({"action": "waive", "owner": "x", "expires": "2020-01-01"}, 422),
        ({"action": "waive", "owner": "x", "expires": "2999-01-01"}, 422),
        ({"action": "correct", "match": "canary.email", "category": "user.name"}, 422),
        ({"action": "correct", "match": "*.email", "category": "user.canary"}, 422),
        ({"action": "correct", "match": "", "category": "user.name"}, 422),
    ],
)
def test_what_cannot_be_proposed_is_refused(
    proposing: TestClient, house: Path, change: dict[str, Any], status: int
) -> None:
    answer = proposing.post("/api/v1/proposals", json=APPROVE | change)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "canary" not in answer.text
    assert not (house / "log").exists()


def test_what_is_against_a_rule_cannot_be_approved(proposing: TestClient, house: Path) -> None:
    (house / ".dataflow").mkdir()
    (house / ".dataflow" / "policy.toml").write_text(
        '[[rules]]\nid = "house.no-mail"\neffect = "deny"\ntext = "no"\n[rules.when]\ncategory = ["user.contact"]\n'
    )
    answer = proposing.post("/api/v1/proposals", json=APPROVE)
    assert answer.status_code == 422, answer.text
    assert "no approval lifts" in answer.json()["detail"]
    assert not (house / "log").exists()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_of_another_page_cannot_propose(proposing: TestClient, house: Path, kind: str) -> None:
    answer = proposing.post("/api/v1/proposals", content=json.dumps(APPROVE), headers={"content-type": kind})
    assert answer.status_code == 422
    foreign = {"origin": "https://evil.example"}
    assert proposing.post("/api/v1/proposals", json=APPROVE, headers=foreign).status_code == 403
    assert not (house / "log").exists()


def test_more_than_a_few_sentences_are_refused(proposing: TestClient) -> None:
    assert proposing.post("/api/v1/proposals", content=b"x" * (MOST + 1)).status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * (MOST // 10)

    assert proposing.post("/api/v1/proposals", content=chunks()).status_code == 413
    assert proposing.post("/api/v1/proposals", content=b"[" * MOST).status_code == 422


def test_nothing_is_taken_unless_the_server_was_told_where_to_keep_it(client: TestClient) -> None:
    for answer in (client.get("/api/v1/proposals"), client.post("/api/v1/proposals", json=APPROVE)):
        assert answer.status_code == 404
        assert "--proposals" in answer.json()["detail"]


@pytest.mark.parametrize("before", [None, "", "a", "a\n", "a\r\nb\u2028c\n\n", "x\ny"])
@pytest.mark.parametrize("after", ["", "b", "b\n", "a\nb\u2028c\n", "a\r\nb\u2028d\n\n", "y\nx"])
def test_patches_do_what_they_say(tmp_path: Path, before: str | None, after: str) -> None:
    if before is not None:
        (tmp_path / "file.txt").write_bytes(before.encode())
    text = patch("file.txt", before, after)
    if text:
        subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], input=text.encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "file.txt").read_bytes().decode() == after if text else (before or "") == after
