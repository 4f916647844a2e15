"""Questions over HTTP: the same answers as on the command line."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.examples import EXAMPLE
from lineage.questions.blast_radius import blast_radius
from lineage.questions.who_touches import who_touches
from tests.support.commands import auditor


@pytest.mark.parametrize(
    ("address", "question"),
    [
        ("who-touches?wanted=user.contact", ("who-touches", "user.contact")),
        ("where-goes?wanted=patients.email", ("where-goes", "patients.email")),
        (
            "where-goes?wanted=patients.email&to=mail.example.com",
            ("where-goes", "patients.email", "--to", "mail.example.com"),
        ),
        ("holds?service=patients", ("holds", "patients")),
        ("blast-radius?service=patients", ("blast-radius", "patients")),
        ("over-reads", ("over-reads",)),
        ("unread?wanted=user", ("unread", "user")),
        ("how-much", ("how-much",)),
    ],
)
def test_the_command_line_says_the_same(
    client: TestClient, folder: Path, address: str, question: tuple[str, ...]
) -> None:
    answer = client.get(f"/api/v1/ask/{address}")
    assert answer.status_code == 200, answer.text
    ran = auditor("ask", *question, "--audit", str(folder), "--json", folder=folder)
    assert answer.json() == json.loads(ran.stdout)


def test_answers_hold_what_the_core_says(client: TestClient) -> None:
    def plain(value: Any) -> Any:
        return json.loads(json.dumps(asdict(value)))

    found = client.get("/api/v1/ask/who-touches?wanted=user.contact.email").json()["answer"]
    assert found == plain(who_touches(EXAMPLE, "user.contact.email"))
    assert found["touchers"][0]["operation"] == "GET /patients/{id}"
    found = client.get("/api/v1/ask/blast-radius?service=patients").json()["answer"]
    assert found == plain(blast_radius(EXAMPLE, "patients"))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("who-touches?wanted=canary.emial", 404),
        ("holds?service=canary", 404),
        ("where-goes?wanted=user&to=canary", 404),
        ("who-touches", 422),
        ("unread?wantd=canary", 422),
        ("how-much?limit=0", 422),
        ("how-much?limit=100000", 422),
    ],
)
def test_unknown_names_and_wrong_parameters(client: TestClient, address: str, status: int) -> None:
    answer = client.get(f"/api/v1/ask/{address}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "canary" not in answer.text


def test_a_limit_says_what_it_left_out(client: TestClient) -> None:
    found = client.get("/api/v1/ask/holds?service=patients&limit=1").json()
    assert found["left_out"] == []
    found = client.get("/api/v1/ask/where-goes?wanted=user&limit=1").json()
    assert found["left_out"] == [{"list": "destinations", "records": 1}]
