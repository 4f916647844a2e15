"""Default deny: every address of the assembled application, and what a refused request gets to see."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from api.access.needs import INGEST, OPEN, needed
from api.app import create_app
from auditor.access.ratelimit import Rate
from auditor.operation.settings import Serve

Guarded = tuple[Serve, Mapping[str, str]]
ALL = {scope: Rate(1000, 10_000) for scope in ("ingest", "read", "approve", "metrics")}
UNKNOWN = [("GET", "/nothing"), ("POST", "/nothing"), ("GET", "/docs"), ("PROPFIND", "/"), ("GET", "//healthz")]


def addresses(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and address that the application answers, and some that it does not."""
    for route in iter_route_contexts(app.routes):
        for method in route.methods or {"GET"}:
            yield method, re.sub(r"{[^}]*}", "e1-0", route.path or "")
    yield from UNKNOWN
    yield from (("POST", path) for path in INGEST)
    yield from (("OPTIONS", path) for path in ("/api/flows", "/v1/traces"))


@pytest.fixture
def app(folder: Path, guarded: Guarded) -> FastAPI:
    return create_app(folder, settings=guarded[0])


def ask(app: FastAPI, method: str, path: str, **headers: str) -> Any:
    """One request by a client of its own, so that no limit of failures is reached."""
    number = zlib.crc32(f"{method} {path}".encode()) % 250
    client = TestClient(app, raise_server_exceptions=False, client=(f"192.0.2.{number}", 1))
    return client.request(method, path, headers=headers)


def test_the_walk_sees_the_application(app: FastAPI) -> None:
    found = set(addresses(app))
    assert {
        ("GET", "/api/flows"),
        ("GET", "/api/exposures/e1-0"),
        ("GET", "/report"),
        ("GET", "/openapi.json"),
    } <= found
    assert ("GET", "/api/v1/ask/who-touches") in found
    assert len(found) > 25


def test_nothing_is_answered_without_a_token(app: FastAPI) -> None:
    for method, path in addresses(app):
        answer = ask(app, method, path)
        if path in OPEN and method in ("GET", "HEAD"):
            assert answer.status_code in (200, 404, 405), (method, path)
        else:
            assert answer.status_code == 401, (method, path)
            assert answer.headers.get_list("www-authenticate")[0].startswith("Bearer")
            assert method == "HEAD" or answer.headers["content-type"].startswith("application/")


def test_nothing_is_answered_with_the_wrong_scope(folder: Path, guarded: Guarded) -> None:
    settings, tokens = guarded
    app = create_app(folder, settings=Serve(tokens=settings.tokens, limits=ALL))  # type: ignore[arg-type]
    for method, path in addresses(app):
        wanted = needed(method, path)
        if wanted is None:
            continue
        for scope, token in tokens.items():
            own = {"origin": "http://testserver"}  # forms are taken from the pages of this server only
            status = ask(app, method, path, authorization=f"Bearer {token}", **own).status_code
            assert (status == 403) is (scope != wanted), (method, path, scope, status)
            assert status not in (401, 500)


def test_the_right_token_reads(app: FastAPI, guarded: Guarded) -> None:
    client = TestClient(app)
    for headers in ({"authorization": f"Bearer {guarded[1]['read']}"},):
        assert client.get("/api/flows", headers=headers).json()["total"] == 2
    assert client.get("/api/flows", auth=("anyone", guarded[1]["read"])).status_code == 200
    assert client.get("/api/flows", auth=(guarded[1]["read"], "")).status_code == 401
    assert client.get(f"/api/flows?token={guarded[1]['read']}").status_code == 401  # never in an address


def test_every_answer_is_confined_and_says_what_it_is(app: FastAPI, guarded: Guarded) -> None:
    everybody = {"authorization": f"Bearer {guarded[1]['read']}"}
    for method, path in addresses(app):
        for headers in ({}, everybody):
            answer = ask(app, method, path, **headers)
            policy = answer.headers["content-security-policy"]
            for directive in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
                assert directive in policy, (method, path)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
            assert "server" not in answer.headers
            kind = answer.headers.get("content-type", "")
            assert kind or not answer.content, (method, path)
            assert "charset" in kind or not kind.startswith(("text/", "application/rss+xml")), (method, path)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
def test_pages_of_others_cannot_write(folder: Path, origin: str) -> None:
    client = TestClient(create_app(folder))  # the open door of loopback is where this matters most
    assert client.post("/api/flows", headers={"origin": origin}).status_code == 403
    assert client.post("/api/flows", headers={"origin": "http://testserver"}).status_code == 405


def test_no_other_origin_is_allowed_to_read(app: FastAPI, guarded: Guarded) -> None:
    headers = {"origin": "https://evil.example", "authorization": f"Bearer {guarded[1]['read']}"}
    for method in ("GET", "OPTIONS"):
        answer = TestClient(app).request(method, "/api/flows", headers=headers)
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_too_many_requests_are_told_when_to_come_again(folder: Path, guarded: Guarded) -> None:
    settings, tokens = guarded
    app = create_app(folder, settings=Serve(tokens=settings.tokens, limits={"read": Rate(0.5, 1)}))
    client = TestClient(app, headers={"authorization": f"Bearer {tokens['read']}"})
    assert client.get("/api/flows").status_code == 200
    answer = client.get("/api/flows")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("server", [("192.0.2.1", 80), ("0.0.0.0", 80), ("2001:db8::1", 80)])
def test_without_tokens_what_comes_over_the_network_is_refused_however_it_was_started(
    folder: Path, server: tuple[str, int]
) -> None:
    assert called(create_app(folder), server=server)[0] == 401


@pytest.mark.parametrize("server", [("127.0.0.1", 80), ("::1", 80), ("/run/auditor.sock", None), None])
def test_without_tokens_this_machine_may_ask(folder: Path, server: tuple[str, int] | None) -> None:
    assert called(create_app(folder), server=server)[0] == 200


def test_a_refused_request_is_not_read(app: FastAPI) -> None:
    status, reads = called(app, method="POST", path="/v1/traces")
    assert (status, reads) == (401, 0)


def test_websockets_are_not_spoken(app: FastAPI) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/api/flows", "headers": [(b"host", b"localhost")], "query_string": b""}
    asyncio.run(app(scope, receive, send))
    assert all(message["type"] == "websocket.close" for message in sent)


def called(app: FastAPI, **changes: Any) -> tuple[int, int]:
    """The status of a bare request, and how often its body was asked for."""
    statuses, reads = [], 0
    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/api/flows"}
    scope |= {"raw_path": b"/api/flows", "query_string": b"", "headers": [(b"host", b"localhost")], "scheme": "http"}
    scope |= {"client": ("192.0.2.9", 1), "server": ("127.0.0.1", 80), "root_path": ""}

    async def receive() -> Any:
        nonlocal reads
        reads += 1
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    asyncio.run(app(scope | changes, receive, send))
    return statuses[0], reads
