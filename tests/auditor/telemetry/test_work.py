"""Names, peers, databases and queues as spans of old and new conventions tell them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.otlp import attributes, request, span

Read = Callable[..., list[dict[str, Any]]]


def one(read: Read, kind: str, name: str, pairs: dict[str, Any], **fields: Any) -> dict[str, Any]:
    (row,) = read(request(span(1, kind, name, pairs, **fields)))
    return row


@pytest.mark.parametrize(
    ("kind", "name", "pairs", "operation", "protocol"),
    [
        ("server", "x", {"http.method": "POST", "http.route": "/u/<int:id>"}, "POST /u/{id}", "http"),
        ("server", "x", {"http.request.method": "BREW", "url.path": "/users/ann"}, "_OTHER /users/{}", "http"),
        ("server", "GET /u/{id}", {"url.path": "/u/7"}, "GET /u/{id}", "http"),
        ("server", "/u/{id}", {"http.method": "GET", "http.target": "/u/7?a=b"}, "GET /u/{id}", "http"),
        ("client", "HTTP GET", {"http.url": "http://u:p@h:1/users/7?name=ann"}, "GET /users/{}", "http"),
        (
            "client",
            "x",
            {"url.full": "https://h/a", "url.template": "/a/{b}", "http.method": "PUT"},
            "PUT /a/{b}",
            "http",
        ),
        ("client", "x", {"rpc.system": "grpc", "rpc.service": "p.S", "rpc.method": "M"}, "p.S/M", "grpc"),
        ("server", "x", {"rpc.system.name": "connect_rpc", "rpc.method": "p.S/M"}, "p.S/M", "connectrpc"),
        ("server", "/p.S/M", {"rpc.system": "grpc"}, "p.S/M", "grpc"),
        (
            "server",
            "x",
            {"graphql.operation.type": "mutation", "graphql.operation.name": "Add"},
            "mutation Add",
            "graphql",
        ),
        ("server", "x", {"faas.trigger": "timer", "faas.name": "nightly"}, "nightly", "faas"),
        ("consumer", "x", {"messaging.system": "kafka", "messaging.destination": "t"}, "process t", "messaging"),
        ("producer", "x", {"messaging.system": "kafka", "messaging.destination.name": "t"}, "publish t", "messaging"),
        ("consumer", "x", {"messaging.destination": "q", "celery.task_name": "a.send"}, "process a.send", "messaging"),
        ("server", "handle 'ann' 12345", {}, "handle {} {}", None),
    ],
)
def test_operations(
    read: Read, kind: str, name: str, pairs: dict[str, Any], operation: str, protocol: str | None
) -> None:
    row = one(read, kind, name, pairs)
    assert (row["operation"], row["protocol"]) == (operation, protocol)


def test_steps_inside_a_service_have_no_name_of_their_own(read: Read) -> None:
    assert one(read, "internal", "step", {}, parentSpanId="1" * 16)["operation"] is None
    assert one(read, "internal", "nightly job", {})["operation"] == "nightly job"
    assert one(read, "internal", "x", {}, parentSpanId="1" * 16, flags=0x300)["operation"] == "x"


@pytest.mark.parametrize(
    ("pairs", "peer", "host", "port"),
    [
        ({"server.address": "api.test", "server.port": 8080, "net.peer.name": "old"}, None, "api.test", 8080),
        ({"net.peer.name": "api.test", "net.peer.port": "443"}, None, "api.test", 443),
        ({"http.url": "http://u:p@API.test:81/x", "http.method": "GET"}, None, "api.test", 81),
        ({"http.host": "api.test:82", "http.method": "GET"}, None, "api.test", 82),
        ({"peer.service": "billing", "net.peer.ip": "10.0.0.7"}, "billing", "10.0.0.7", None),
        ({"service.peer.name": "new", "peer.service": "old"}, "new", None, None),
        ({"peer.service": "shop"}, None, None, None),
        ({"net.peer.ip": "Ann Smith"}, None, None, None),
        ({"server.address": "[fd00::1]:99", "server.port": 700000}, None, "fd00::1", 99),
        ({"server.address": "a:9092,b:9092"}, None, "a", 9092),
    ],
)
def test_the_other_side_of_a_call(
    read: Read, pairs: dict[str, Any], peer: str | None, host: str | None, port: int | None
) -> None:
    row = one(read, "client", "x", pairs)
    assert (row["peer"], row["host"], row["port"]) == (peer, host, port)
    row = one(read, "server", "x", pairs)  # there the same attributes tell of the caller
    assert (row["peer"], row["host"], row["port"]) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "pairs", "columns"),
    [
        ("x", {"db.system": "oracle", "db.name": "d"}, ("oracle.db", "d", None, None)),
        ("x", {"db.system.name": "postgresql", "db.namespace": "d|public"}, ("postgresql", "d", None, None)),
        ("x", {"db.system": "mssql", "db.namespace": "i|d"}, ("microsoft.sql_server", "d", None, None)),
        ("connect", {"db.system": "mysql", "db.name": "d"}, ("mysql", "d", "CONNECT", None)),
        ("SELECT d.orders", {"db.system": "mysql", "db.name": "d"}, ("mysql", "d", "SELECT", "orders")),
        ("SELECT accounts-db", {"db.system": "x", "db.name": "accounts-db"}, ("x", "accounts-db", "SELECT", None)),
        ("x", {"db.system": "x", "db.operation": "SELECT d", "db.name": "d"}, ("x", "d", "SELECT", None)),
        ("x", {"db.query.summary": "BATCH INSERT orders users"}, (None, None, "INSERT", "orders")),
        ("x", {"db.operation.name": "find", "db.collection.name": "carts"}, (None, None, "find", "carts")),
        ("select ann@example.com", {"db.system": "x"}, ("x", None, "SELECT", None)),
        ("x", {"cassandra.query": "SELECT 1", "cassandra.keyspace": "k"}, ("cassandra", "k", None, None)),
    ],
)
def test_databases(read: Read, name: str, pairs: dict[str, Any], columns: tuple[str | None, ...]) -> None:
    row = one(read, "client", name, pairs)
    assert row["protocol"] == "db"
    assert (row["db_system"], row["db_namespace"], row["db_operation"], row["db_collection"]) == columns


def test_statements_come_as_shapes_that_comments_do_not_tell_apart(read: Read) -> None:
    texts = [
        "/*route='a'*/ SELECT a FROM t WHERE b = 'ann'",
        "SELECT a FROM t WHERE b = 'bob' /*traceparent='00-1'*/ /*x='y'*/;",
    ]
    rows = [one(read, "client", "x", {"db.system": "postgresql", "db.statement": text}) for text in texts]
    assert {row["statement"] for row in rows} == {"SELECT a FROM t WHERE b = '?'"}
    assert len({row["statement_id"] for row in rows}) == 1


def test_old_and_new_names_at_once_are_one_access(read: Read) -> None:
    pairs = {
        "db.statement": "SELECT 1",
        "db.query.text": "SELECT 2 FROM t",
        "db.system": "mysql",
        "db.system.name": "mariadb",
    }
    row = one(read, "client", "x", pairs)
    assert (row["db_system"], row["statement"]) == ("mariadb", "SELECT ? FROM t")


@pytest.mark.parametrize(
    ("pairs", "fields", "failed"),
    [
        ({"http.method": "GET"}, {"status": {"code": 2}}, True),
        ({"http.method": "GET"}, {"events": [{"name": "exception"}]}, True),
        ({"http.method": "GET", "http.status_code": 500}, {"status": {"code": 2}}, False),
        ({"rpc.system": "grpc", "rpc.grpc.status_code": 0}, {"status": {"code": 2}}, False),
        ({"db.system": "mysql"}, {"status": {"code": 2}}, False),
        ({"http.method": "GET"}, {}, False),
    ],
)
def test_attempts_that_never_arrived(read: Read, pairs: dict[str, Any], fields: dict[str, Any], failed: bool) -> None:
    assert one(read, "client", "x", pairs, **fields)["failed"] is failed


def test_queues(read: Read) -> None:
    row = one(
        read,
        "producer",
        "x",
        {"messaging.system": "Kafka", "messaging.destination.template": "t/{u}", "messaging.destination.name": "t/ann"},
    )
    assert (row["messaging_system"], row["channel"], row["kind"]) == ("kafka", "t/{u}", "producer")
    polled = {"messaging.destination.name": "t", "messaging.operation.type": "receive"}
    row = one(read, "client", "x", polled)
    assert (row["kind"], row["operation"], row["channel"]) == ("consumer", "receive t", "t")
    settled = {"messaging.destination.name": "t", "messaging.operation.type": "settle"}
    assert one(read, "client", "x", settled)["kind"] == "internal"
    passing = {"messaging.destination.name": "amq.gen-xyz", "messaging.destination.temporary": True}
    assert one(read, "producer", "x", passing)["channel"] == "(temporary) {}"


def test_keys_are_kept_and_their_values_dropped(read: Read) -> None:
    pairs = {
        "http.method": "POST",
        "http.route": "/users/<user_id>",
        "http.target": "/users/7?email=ann%40example.com&q=&flag&ann@example.com=1",
        "http.request.header.authorization": ["Bearer s3cr3t"],
        "http.response.header.set_cookie": ["sid=s3cr3t"],
        "rpc.grpc.request.metadata.tenant": ["acme"],
        "http.request.body": '{"card": {"number": "4111111111111111"}, "items": [{"sku": "s3cr3t"}]}',
        "http.response.body": '[{"id": 1, "email": "ann@exam',
    }
    row = one(read, "server", "x", pairs)
    seen = [(key["place"], key["name"]) for key in row["keys"]]
    assert [key for key in seen if not key[0].endswith("value")] == [
        ("body", "card.number"),
        ("body", "items[].sku"),
        ("header", "authorization"),
        ("metadata", "tenant"),
        ("path", "user_id"),
        ("query", "email"),
        ("query", "q"),
        ("response_body", "email"),
        ("response_body", "id"),
        ("response_header", "set_cookie"),
    ]
    assert ("value", "user.contact.email") in seen
    assert ("value", "user.financial.credit_card") in seen
    assert "s3cr3t" not in str(row)
    row = one(
        read, "client", "x", {"db.query.parameter.email": "ann@example.com", "sql.arg.0": "x", "a": attributes({})}
    )
    assert row["keys"] == [{"place": "parameter", "name": "email"}]


@pytest.mark.parametrize(
    ("state", "weight"),
    [
        ("ot=th:0", 1.0),
        ("ot=th:8", 2.0),
        ("a=b,ot=rv:1;th:c", 4.0),
        ("ot=th:fd70a4", pytest.approx(100, rel=1e-4)),
        ("ot=p:3", 8.0),
        ("ot=p:63", 0.0),
        ("ot=th:zz", None),
        ("vendor=th:8", None),
        ("", None),
    ],
)
def test_sampling_weights(read: Read, state: str, weight: float | None) -> None:
    assert one(read, "server", "x", {}, traceState=state)["weight"] == weight
