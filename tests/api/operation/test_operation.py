"""Probes, metrics, the trail and failures of the assembled application."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from api.app import create_app
from api.operation.templates import UNKNOWN, Templates
from auditor.operation.settings import Serve

CANARY = "canary%40example.com"


@pytest.fixture
def app(folder: Path) -> FastAPI:
    return create_app(folder, settings=Serve(trail=folder / "trail.jsonl"))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def entries(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "trail.jsonl").read_text().splitlines()]


def test_ready_until_a_check_fails_and_only_its_name_goes_out(app: FastAPI, client: TestClient) -> None:
    assert client.get("/readyz").json() == {"status": "ready"}
    app.state.operation.health.checks["disk"] = lambda: "canary is full"
    app.state.operation.health.checks["other"] = lambda: 1 / 0
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [part["where"] for part in answer.json()["errors"]] == ["disk", "other"]
    assert "canary" not in answer.text
    assert client.get("/healthz").json() == {"status": "ok"}


def test_metrics_hold_templates_only(client: TestClient) -> None:
    for path in (f"/api/flows/{CANARY}", f"/{CANARY}", f"/api/flows?category={CANARY}"):
        client.get(path)
    client.request("CANARY", "/api/flows")
    text = client.get("/metrics").text
    assert 'route="/api/flows/{id}",status="404"' in text
    assert 'method="OTHER"' in text
    assert f'route="{UNKNOWN}"' in text
    assert "canary" not in text.lower()
    assert "auditor_exposures" in text
    assert "process_resident_memory_bytes" in text


def test_the_trail_says_who_asked_what_and_no_value(client: TestClient, folder: Path) -> None:
    client.get(f"/api/flows?category={CANARY}", headers={"cookie": CANARY, "user-agent": CANARY})
    client.get(f"/api/flows/{CANARY}")
    client.get(f"/{CANARY}")
    for quiet in ("/healthz", "/readyz", "/metrics"):
        client.get(quiet)
    found = entries(folder)
    assert [(e["caller"], e["method"], e["route"], e["status"]) for e in found] == [
        ("local", "GET", "/api/flows", 200),
        ("local", "GET", "/api/flows/{id}", 404),
        ("local", "GET", UNKNOWN, 404),
    ]
    assert "canary" not in (folder / "trail.jsonl").read_text()


def test_the_trail_says_who_was_refused(folder: Path, guarded: tuple[Serve, Mapping[str, str]]) -> None:
    settings, tokens = guarded
    app = create_app(folder, settings=replace(settings, trail=folder / "trail.jsonl"))
    with TestClient(app, client=("192.0.2.7", 1)) as client:
        for address, token in (
            ("/api/flows", CANARY),
            ("/v1/traces", tokens["read"]),
            ("/v1/traces", tokens["ingest"]),
        ):
            client.post(address, headers={"authorization": f"Bearer {token}"})
    found = entries(folder)
    assert [(e["caller"], e["route"], e["status"], e.get("address")) for e in found] == [
        (None, "/api/flows", 401, "192.0.2.7"),
        ("read", UNKNOWN, 403, "192.0.2.7"),
    ]
    text = (folder / "trail.jsonl").read_text()
    assert "canary" not in text
    assert not any(token in text for token in tokens.values())


def test_a_flood_is_counted_and_not_written_down(folder: Path, guarded: tuple[Serve, Mapping[str, str]]) -> None:
    with TestClient(create_app(folder, settings=replace(guarded[0], trail=folder / "trail.jsonl"))) as client:
        statuses = [client.get("/api/flows").status_code for _ in range(100)]
    assert statuses.count(429) > 50
    assert len(entries(folder)) == statuses.count(401) < 50


def test_unknown_hosts_are_counted_and_not_written_down(client: TestClient, folder: Path) -> None:
    assert client.get("/api/v1/flows", headers={"host": "canary.example"}).status_code == 400
    text = client.get("/metrics").text
    assert 'auditor_http_requests_total{method="GET",route="/api/v1/flows",status="400"} 1.0' in text
    assert "canary" not in text
    assert entries(folder) == []


def test_a_failure_is_told_in_full_to_nobody(
    app: FastAPI, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/broken/{id}")
    def broken(id: str) -> None:
        raise RuntimeError(f"{id} canary")

    with caplog.at_level(logging.INFO):
        answer = client.get("/broken/canary")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "canary" not in answer.text
    (record,) = [record for record in caplog.records if record.name.startswith("api")]
    assert record.fields["error"] == "RuntimeError"  # type: ignore[attr-defined]
    assert record.fields["route"] == "/broken/{id}"  # type: ignore[attr-defined]
    assert "canary" not in str(vars(record))


def test_tls_is_to_be_kept_to(folder: Path) -> None:
    app = create_app(folder)
    assert (
        "max-age" in TestClient(app, base_url="https://localhost").get("/report").headers["strict-transport-security"]
    )
    assert "strict-transport-security" not in TestClient(app).get("/report").headers


def test_templates_of_mounted_applications() -> None:
    app = FastAPI()
    app.mount(
        "/in",
        Starlette(routes=[Route("/v1/{kind}", lambda _: None), Mount("/deep", routes=[Route("/x", lambda _: None)])]),
    )
    app.mount("/files", lambda *_: None)  # type: ignore[arg-type]
    templates = Templates(app)
    assert [templates.of(path) for path in ("/in/v1/a", "/in/deep/x", "/files/a/b", "/in/no")] == [
        *("/in/v1/{kind}", "/in/deep/x", "/files/{path:path}", UNKNOWN)
    ]


def test_answers_are_kept_nowhere_or_asked_for_again(client: TestClient) -> None:
    for path in ("/report", "/api/v1/flows", "/api/v1/exposures", "/metrics", "/nothing", "/openapi.json"):
        kept = client.get(path).headers["cache-control"]
        assert kept in ("no-store", "private, no-cache", "no-cache, private"), (path, kept)
