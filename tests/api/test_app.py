from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from api import downloads, proposals, questions, routes
from api.app import AUDIT_DIR, create_app
from api.operation import routes as operation
from auditor.errors import InputError

ROUTES = [
    (f"{prefix}{route.path}", route)
    for prefix, router in (
        ("/api/v1", routes.router),
        ("", questions.router),
        ("", proposals.router),
        ("", downloads.described),
        ("", operation.router),
    )
    for route in router.routes
    if isinstance(route, APIRoute) and route.include_in_schema
]


def test_the_folder_may_come_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AUDIT_DIR, str(folder))
    assert TestClient(create_app()).get("/healthz").status_code == 200


def test_no_folder_is_said_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(AUDIT_DIR, raising=False)
    with pytest.raises(InputError, match=AUDIT_DIR):
        create_app()


def test_a_missing_audit_is_said_at_start(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="auditor scan"):
        create_app(tmp_path)


def test_a_broken_audit_is_said_at_start_without_its_content(tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_text('{"format": "canary"}')
    with pytest.raises(InputError, match="not an audit") as caught:
        create_app(tmp_path)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "localhost.evil.example", "127.0.0.1.evil:1"])
def test_unknown_hosts_are_refused(client: TestClient, host: str) -> None:
    answer = client.get("/api/flows", headers={"host": host})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]", "[::1]:8000"])
def test_local_hosts_are_served(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_the_hosts_can_be_chosen(folder: Path) -> None:
    client = TestClient(create_app(folder, hosts=("audit.example",)))
    assert client.get("/healthz").status_code == 400
    assert client.get("/healthz", headers={"host": "audit.example:443"}).status_code == 200


@pytest.mark.parametrize("address", ["/api/flows", "/report", "/healthz", "/nothing", "/api/flows?limit=x"])
def test_every_answer_is_confined(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("address", ["/docs", "/redoc"])
def test_no_page_loads_scripts_from_elsewhere(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_description_lists_every_route(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]
    assert {path for path, _ in ROUTES} == set(described)


@pytest.mark.parametrize(("path", "route"), ROUTES, ids=lambda part: part if isinstance(part, str) else "")
def test_every_route_has_an_example_of_what_it_answers(client: TestClient, path: str, route: APIRoute) -> None:
    (method,) = route.methods
    operation = client.get("/openapi.json").json()["paths"][path][method.lower()]
    success = str(route.status_code or 200)
    (content,) = operation["responses"][success]["content"].values()
    assert content["example"]
    assert operation["summary"]
    model: Any = route.response_model
    if model is not None:
        TypeAdapter(model).validate_python(content["example"])
    for status, answer in operation["responses"].items():
        if status != success:
            assert list(answer["content"]) == ["application/problem+json"]
            assert answer["content"]["application/problem+json"]["example"]["status"] == int(status)
