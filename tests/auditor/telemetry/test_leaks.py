"""Personal data inside telemetry: found, told by place and category, and forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.otlp import attributes, request, span

Read = Callable[..., list[dict[str, Any]]]
EMAIL, PASSWORD = "user.contact.email", "user.authorization.password"


def leaks(
    read: Read, pairs: dict[str, Any], kind: str = "client", name: str = "x", **fields: Any
) -> set[tuple[str, str]]:
    (row,) = read(request(span(1, kind, name, pairs, **fields)))
    return {(leak["attribute"], leak["category"]) for leak in row["leaks"] or ()}


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ({"http.url": "http://h/login?username=ann&password=pw"}, {("http.url?password", PASSWORD)}),
        ({"http.target": "/login?password="}, set()),
        ({"http.target": "/login?password=REDACTED"}, set()),
        ({"http.target": "/login?password=***"}, set()),
        ({"url.query": "email=x"}, {("url.query?email", EMAIL)}),
        ({"http.target": "/search?q=ann@example.com"}, {("http.target?q", EMAIL)}),
        ({"url.path": "/users/ann%40example.com"}, {("url.path", EMAIL)}),
        ({"url.full": "http://ann:pw@h/"}, {("url.full", PASSWORD)}),
        ({"db.statement": "SELECT a FROM t WHERE b = 'ann@example.com'"}, {("db.statement", EMAIL)}),
        ({"db.statement": "SELECT a FROM t /* ann@example.com */"}, {("db.statement", EMAIL)}),
        ({"db.statement": "SELECT email FROM t WHERE b = ?"}, set()),
        ({"db.statement.parameters": "(1, 'ann@example.com')"}, {("db.statement.parameters", EMAIL)}),
        ({"db.query.parameter.email": "x"}, {("db.query.parameter.email", EMAIL)}),
        ({"user.email": "x"}, {("user.email", EMAIL)}),
        ({"user.email": "[REDACTED]"}, set()),
        ({"http.request.body": '{"password": "x"}'}, {("http.request.body", PASSWORD)}),
        ({"celery.reply_to": "f1d1f5c0-0008-382c-8b7b-f4201b8ae3a2"}, set()),
        ({"celery.reply_to": "somebody"}, {("celery.reply_to", EMAIL)}),
        ({"app.note": ["hello", "ann@example.com"]}, {("app.note", EMAIL)}),
        ({"http.user_agent": "ann@example.com"}, set()),
        ({"code.function": "ann@example.com"}, set()),
        ({"service.instance.id": "bae20ac8-2035-4e49-924f-6b74492f8163", "http.status_code": 200}, set()),
    ],
)
def test_attributes(read: Read, pairs: dict[str, Any], found: set[tuple[str, str]]) -> None:
    told = leaks(read, pairs)
    assert told >= found
    assert bool(told) == bool(found)


def test_credentials_in_headers(read: Read) -> None:
    told = leaks(read, {"http.request.header.authorization": ["Bearer abc"]})
    assert {attribute for attribute, _ in told} == {"http.request.header.authorization"}


def test_path_segments_that_the_route_names(read: Read) -> None:
    pairs = {"http.method": "GET", "http.route": "/users/<username>", "http.target": "/users/ann?x=1"}
    assert leaks(read, pairs, "server") == {("http.target", "user.account.username")}
    assert leaks(read, pairs | {"http.route": "/users/<order_id>"}, "server") == set()


def test_only_a_caller_from_the_internet_has_a_personal_address(read: Read) -> None:
    address = "user.device.ip_address"
    assert leaks(read, {"client.address": "8.8.4.4"}, "server") == {("client.address", address)}
    assert leaks(read, {"net.peer.ip": "10.0.0.1"}, "server") == set()
    assert leaks(read, {"net.peer.ip": "8.8.4.4"}, "client") == set()


def test_everywhere_else_in_a_span(read: Read) -> None:
    fields = {
        "events": [{"name": "exception", "attributes": attributes({"exception.message": "no ann@example.com"})}],
        "status": {"code": 2, "message": "no ann@example.com"},
    }
    (row,) = read(
        request(
            span(1, "server", "mail to ann@example.com", {"ann@example.com": "bob@example.com"}, **fields),
            resource={"service.name": "shop", "owner": "ann@example.com"},
        )
    )
    assert {(leak["attribute"], leak["category"]) for leak in row["leaks"]} == {
        ("exception.message", EMAIL),
        ("owner", EMAIL),
        ("span.name", EMAIL),
        ("status.message", EMAIL),
        ("{}", EMAIL),
    }
    assert "example.com" not in str(row)
