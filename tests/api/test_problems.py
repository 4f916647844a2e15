from __future__ import annotations

from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import problems

HOSTILE = "canary<script>\u202e'\";--"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/flows?limit={}", 422),
        ("/api/flows?offset={}", 422),
        ("/api/flows?evidence={}", 422),
        ("/api/exposures?state={}", 422),
        ("/api/accesses?role={}", 422),
        ("/api/flows?{}=1", 422),
        ("/api/paths?{}=1", 422),
        ("/api/paths?from={}", 422),
        ("/api/flows/{}", 404),
        ("/api/exposures/{}", 404),
        ("/{}", 404),
        ("/api/{}", 404),
    ],
)
def test_no_input_is_echoed(client: TestClient, address: str, status: int) -> None:
    answer = client.get(address.format(quote(HOSTILE, safe="")))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() == {"type", "title", "status", "detail", "errors"}
    assert answer.json()["status"] == status
    assert "canary" not in answer.text
    assert not any("canary" in value for value in answer.headers.values())


@pytest.mark.parametrize("value", ["0", "1001", "-1", "1e3", "9" * 30])
def test_limits_of_paging(client: TestClient, value: str) -> None:
    answer = client.get(f"/api/flows?limit={value}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "query.limit"


def test_a_misspelt_filter_is_refused_rather_than_ignored(client: TestClient) -> None:
    answer = client.get("/api/flows?categroy=user")
    assert answer.json()["errors"] == [{"where": "query", "what": "a parameter that this address does not take"}]


def test_a_missing_parameter_is_named(client: TestClient) -> None:
    assert [e["where"] for e in client.get("/api/paths").json()["errors"]] == ["query.from", "query.to"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_read_only(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/flows", content=HOSTILE.encode())
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["allow"] == "GET"


def test_a_failure_says_nothing_of_its_cause() -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    def fail() -> None:
        raise RuntimeError(HOSTILE)

    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "canary" not in answer.text
