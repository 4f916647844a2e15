"""Zipkin v2 JSON: shared spans, fragments, several consumers, brokers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from auditor.telemetry.report import ReadReport
from tests.support.spans import shown

Read = Callable[..., list[dict[str, Any]]]
ID = "000000000000000{}"
CLIENT = shown(ID.format(2) + "~client")


def piece(number: int, service: str | None, kind: str | None = None, **fields: Any) -> dict[str, Any]:
    own = {"traceId": "463ac35c9f6413ad", "id": str(number), "localEndpoint": {"serviceName": service}}
    return own | ({"kind": kind} if kind else {}) | fields


def test_the_halves_of_a_shared_span_become_two(read: Read) -> None:
    spans = [
        piece(1, "web", "SERVER", timestamp=10, duration=90, name="get /home"),
        piece(2, "web", "CLIENT", parentId="1", timestamp=20, duration=50, tags={"http.method": "GET"}),
        piece(2, "api", "SERVER", parentId="1", timestamp=30, shared=True, tags={"http.path": "/users/7"}),
        piece(2, "api", duration=20, tags={"http.method": "GET", "error": ""}),
        piece(3, "api", parentId="2", name="local work", timestamp=35),
    ]
    rows = {row["span_id"]: row for row in read(spans)}
    assert {key: (row["parent_id"], row["service"], row["kind"]) for key, row in rows.items()} == {
        ID.format(1): (None, "web", "server"),
        CLIENT: (ID.format(1), "web", "client"),
        ID.format(2): (CLIENT, "api", "server"),
        ID.format(3): (ID.format(2), "api", "internal"),
    }
    server = rows[ID.format(2)]
    assert (server["operation"], server["error"]) == ("GET /users/{}", True)
    assert (server["start_ns"], server["end_ns"]) == (30_000, 50_000)


def test_lists_of_lists_and_a_span_a_line(read: Read) -> None:
    spans = [piece(1, "web", "SERVER", timestamp=10), piece(2, "web", "CLIENT", parentId="1", timestamp=20)]
    expected = read(spans)
    assert read([[spans[0]], [spans[1]]]) == expected
    assert read("\n".join(json.dumps(one) for one in spans)) == expected
    assert read([*spans, *spans]) == expected
    assert read([]) == []


def test_one_message_to_several_consumers(read: Read) -> None:
    spans = [
        piece(1, "web", "PRODUCER", timestamp=10, tags={"kafka.topic": "orders"}),
        piece(1, "mail", "CONSUMER", timestamp=20, tags={"kafka.topic": "orders"}),
        piece(1, "bill", "CONSUMER", timestamp=30, tags={"kafka.topic": "orders"}),
        piece(1, "bill", "CONSUMER", timestamp=40, tags={"kafka.topic": "orders"}),
        piece(2, "bill", parentId="1", timestamp=35),
    ]
    rows = read(spans)
    assert len({row["span_id"] for row in rows}) == 5
    consumers = [row for row in rows if row["kind"] == "consumer"]
    assert {row["parent_id"] for row in consumers} == {shown(ID.format(1) + "~client")}
    assert {(row["operation"], row["channel"], row["messaging_system"]) for row in consumers} == {
        ("process orders", "orders", "kafka")
    }
    (local,) = [row for row in rows if row["kind"] == "internal"]
    assert local["parent_id"] in {row["span_id"] for row in consumers if row["service"] == "bill"}


def test_a_broker_as_the_remote_side(read: Read) -> None:
    remote = {"serviceName": "rabbitmq", "ipv4": "10.0.0.9", "port": 5672}
    (row,) = read([piece(1, "web", "PRODUCER", timestamp=10, remoteEndpoint=remote)])
    assert (row["protocol"], row["channel"], row["peer"], row["host"], row["port"]) == (
        "messaging",
        "rabbitmq",
        "rabbitmq",
        "10.0.0.9",
        5672,
    )


def test_a_remote_side_that_names_the_caller_is_not_believed(read: Read) -> None:
    remote = {"serviceName": "auth", "ipv4": "10.0.0.9", "port": 9042}
    tags = {"cassandra.query": "SELECT * FROM users WHERE id = 'x'", "cassandra.keyspace": "auth"}
    (row,) = read([piece(1, "auth", "CLIENT", timestamp=10, remoteEndpoint=remote, tags=tags)])
    assert (row["peer"], row["host"], row["port"], row["db_system"], row["db_namespace"]) == (
        None,
        "10.0.0.9",
        9042,
        "cassandra",
        "auth",
    )


def test_a_fragment_without_time_borrows_one(read: Read) -> None:
    rows = read([piece(1, "web", "SERVER", timestamp=10), piece(2, "api", parentId="1", name="get")])
    assert [(row["start_ns"], row["kind"]) for row in rows] == [(10_000, "server"), (10_000, "unspecified")]


@pytest.mark.parametrize("broken", [7, {}, {"traceId": 1, "id": None}, {"traceId": "0", "id": "0"}])
def test_a_bad_span_never_loses_the_rest(read: Read, broken: Any) -> None:
    report = ReadReport()
    assert len(read([piece(1, "web", "SERVER", timestamp=10), broken], report)) == 1
    assert report.bad_count == 1
