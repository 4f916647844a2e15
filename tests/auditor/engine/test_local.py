"""Spans to counts: what is one call, one access, one handling."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pyarrow as pa
import pytest

from auditor.engine.gaps import gaps_of
from auditor.errors import InputError
from lineage.model import Leak, Operation, Party
from lineage.system import ChannelLink, Key, ServiceSeen, SystemModel, VersionSeen
from tests.support.models import build_model
from tests.support.spans import SECOND, START, batch, client, query, server, span

SELECT = "SELECT email FROM users"


def calls(model: SystemModel) -> dict[tuple[str | None, str, str], int]:
    return {(e.caller.service if e.caller else None, e.callee.name, e.operation): e.seen.calls for e in model.exchanges}


def statements(model: SystemModel) -> dict[tuple[str, str | None], int]:
    return {(s.operation.name, s.shape): s.seen.calls for s in model.statements}


def gaps(model: SystemModel) -> dict[tuple[str, str], int]:
    return {(gap.kind, gap.where): gap.count for gap in gaps_of(model)}


def test_no_spans_is_an_empty_model() -> None:
    assert build_model([]) == SystemModel()


def test_what_a_reader_raises_arrives_as_it_was_raised() -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield from batch(server("web", "a", "GET /"))
        raise InputError("traces.json: line 7")

    with pytest.raises(InputError, match="line 7"):
        build_model(broken())


def test_versions_are_told_with_the_time_they_ran() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /", version="9.0", at=1),
            server("web", "b", "GET /", version="10.0", at=5),
            server("web", "c", "GET /", version="10.0", at=7),
            server("web", "d", "GET /", at=9),
        )
    )
    first, second, last = (START + second * SECOND for second in (1, 5, 7))
    assert model.services == (
        ServiceSeen("web", 4, (VersionSeen("9.0", first, first), VersionSeen("10.0", second, last))),
    )


def test_client_and_server_halves_are_one_call() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /home"),
            client("web", "b", "a", host="users", keys=[{"place": "query", "name": "email"}]),
            server("users", "c", "GET /users", "b", keys=[{"place": "query", "name": "email"}]),
        )
    )
    assert calls(model) == {(None, "web", "GET /home"): 1, ("web", "users", "GET /users"): 1}
    [exchange] = [e for e in model.exchanges if e.caller]
    assert exchange.keys == (Key("query", "email"),)
    assert exchange.callee == Party("service", "users")
    way = (Operation("web", "GET /home"), Operation("users", "GET /users"))
    assert (way, 1) in [(context.path, context.calls) for context in model.contexts]


def test_a_server_span_below_another_service_without_a_client_span_is_a_call() -> None:
    model = build_model(batch(server("web", "a", "GET /"), server("api", "b", "GET /api", "a")))
    assert calls(model)["web", "api", "GET /api"] == 1


def test_nested_client_spans_are_one_call() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /"),
            client("web", "b", "a", host="pay.test", operation="POST /pay", scope="wrapper"),
            client("web", "c", "b", host="pay.test", operation="POST /pay", scope="library"),
        )
    )
    assert calls(model) == {(None, "web", "GET /"): 1, ("web", "pay.test", "POST /pay"): 1}
    [exchange] = [e for e in model.exchanges if e.caller]
    assert exchange.callee.kind == "outsider"


def test_a_peer_that_answers_elsewhere_under_this_address_is_that_service() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /"),
            client("web", "b", "a", host="10.0.0.7", port=80, operation="GET /x"),
            server("users", "c", "GET /x", "b"),
            client("web", "d", "a", host="10.0.0.7", port=80, operation="GET /x"),
        )
    )
    assert calls(model)["web", "users", "GET /x"] == 2
    assert gaps(model) == {("unpaired_call", "web -> users"): 1}


def test_a_failed_attempt_is_no_call_but_a_gap() -> None:
    model = build_model(batch(server("web", "a", "GET /"), client("web", "b", "a", host="pay.test", failed=True)))
    assert ("web", "pay.test", "(unnamed)") not in calls(model)
    assert gaps(model) == {("failed_call", "web -> pay.test"): 1}


def test_orm_and_driver_siblings_count_once() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /", until=9),
            query("web", "b", "a", SELECT, scope="orm", at=1, until=4),
            query("web", "c", "a", SELECT, scope="driver", at=2, until=3),
            query("web", "d", "a", SELECT, scope="driver", at=5, until=6),
        )
    )
    assert statements(model) == {("GET /", SELECT): 2}


def test_orm_span_without_text_over_its_driver_span_counts_once() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /"),
            query("web", "b", "a", "", statement=None, statement_id=None, db_collection="Order", scope="orm"),
            span("web", "x", "b"),
            query("web", "c", "x", SELECT, scope="driver"),
        )
    )
    assert statements(model) == {("GET /", SELECT): 1}
    assert gaps(model) == {}


def test_nested_spans_with_different_texts_are_two_accesses() -> None:
    model = build_model(
        batch(
            server("web", "a", "POST /"),
            query("web", "b", "a", "INSERT INTO orders DEFAULT VALUES", scope="orm"),
            query("web", "c", "b", "SELECT nextval('orders_id')", scope="driver"),
        )
    )
    assert len(model.statements) == 2


def test_a_database_span_without_text_is_a_gap_unless_it_is_no_query() -> None:
    hidden = {"statement": None, "statement_id": None}
    model = build_model(
        batch(
            server("web", "a", "GET /"),
            query("web", "b", "a", "", db_operation="CONNECT", **hidden),
            query("web", "c", "a", "", db_operation=None, **hidden),
        )
    )
    assert gaps(model) == {("no_statement", "web -> db/shop"): 1}
    assert model.statements == ()


def test_succession_is_judged_within_the_handling() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /", until=9),
            query("web", "b", "a", SELECT, at=1, until=2),
            client("web", "c", "a", host="early.test", at=0, until=1),
            client("web", "d", "a", host="late.test", at=3, until=4),
        )
    )
    ids = {e.callee.name: e.id for e in model.exchanges}
    order = {(s.before, s.after): (s.count, s.together) for s in model.successions}
    statement = model.statements[0].id
    assert order[statement, ids["late.test"]] == (1, 1)
    assert order[statement, ids["early.test"]] == (0, 1)


def test_orphans_cycles_and_repeated_spans_lose_nothing() -> None:
    rows = [
        server("web", "a", "GET /", "gone"),
        span("web", "x", "y"),
        span("web", "y", "x"),
        span("web", "z", "z"),
    ]
    model = build_model(batch(*rows, *rows))
    assert model.spans == 4
    assert model.duplicates == 4
    assert gaps(model)["orphan", "web"] == 2  # the lost parent, and the span that names itself
    assert sum(seen.seen.calls for seen in model.operations) == 4


def test_messages_go_through_their_channel() -> None:
    model = build_model(
        batch(
            server("shop", "a", "POST /order"),
            span("shop", "b", "a", kind="producer", channel="orders", messaging_system="kafka", operation="publish x"),
            span("mail", "c", "b", kind="consumer", channel="orders", messaging_system="kafka", operation="process x"),
        )
    )
    modes = {(e.mode, e.caller.service if e.caller else None, e.callee.kind, e.callee.name) for e in model.exchanges}
    assert ("publish", "shop", "channel", "orders") in modes
    assert ("consume", "mail", "channel", "orders") in modes
    assert ("call", "shop", "service", "mail") not in modes


def test_leaks_and_ambiguous_names() -> None:
    leak = [{"attribute": "http.url?password", "category": "user.authorization.password"}]
    model = build_model(
        batch(
            server("api", "a", "GET /", namespace="one", leaks=leak),
            server("api", "b", "GET /", namespace="two"),
        )
    )
    assert model.leaks == (Leak("one/api", "http.url?password", "user.authorization.password", 1),)
    assert [service.name for service in model.services] == ["one/api", "two/api"]


def test_the_order_of_spans_changes_nothing() -> None:
    rows = [
        server("web", "a", "GET /", until=9),
        client("web", "b", "a", host="users", at=1),
        server("users", "c", "GET /users", "b", at=1),
        query("users", "d", "c", SELECT, scope="orm", at=1),
        query("users", "e", "c", SELECT, scope="driver", at=1),
    ]
    expected = build_model(batch(*rows))
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        assert build_model(batch(*rows)) == expected


def test_what_a_graphql_document_asks_for_belongs_to_the_request_around_it() -> None:
    asked = [{"place": "graphql", "name": "patient.email"}]
    model = build_model(
        batch(
            server("web", "a", "GET /home"),
            client("web", "b", "a", host="users"),
            server("users", "c", "POST /graphql", "b"),
            span("users", "d", "c", protocol="graphql", operation="query Find", keys=asked),
            server("alone", "e", "POST /graphql", trace_id="t2"),
            span("alone", "f", "e", trace_id="t2", protocol="graphql", keys=asked),
        )
    )
    keys = {exchange.callee.name: exchange.keys for exchange in model.exchanges}
    assert keys == {"web": (), "users": (Key("graphql", "patient.email"),), "alone": (Key("graphql", "patient.email"),)}
    operations = {(seen.operation.service, seen.operation.name) for seen in model.operations}
    assert operations == {("web", "GET /home"), ("users", "query Find"), ("alone", "POST /graphql")}


def test_channels_are_linked_by_their_messages() -> None:
    linked = [{"trace_id": "t1", "span_id": "a"}]
    model = build_model(
        batch(
            span("web", "a", kind="producer", channel="events", messaging_system="rabbitmq"),
            span("mail", "b", trace_id="t2", kind="consumer", channel="mailer", links=linked),
            span("log", "c", "a", kind="consumer", channel="logger"),
            span("same", "d", "a", kind="consumer", channel="events"),
        )
    )
    assert model.channel_links == (ChannelLink("events", "logger", 1), ChannelLink("events", "mailer", 1))


def test_a_graphql_operation_names_the_handling_of_its_request() -> None:
    def inside(parent: str, *names: str) -> list[dict[str, object]]:
        return [
            span("users", f"{parent}{n}", parent, trace_id=parent, protocol="graphql", operation=name)
            for n, name in enumerate(names)
        ]

    model = build_model(
        batch(
            server("users", "a", "POST /graphql", trace_id="a"),
            *inside("a", "query Find", "query Find"),
            server("users", "b", "POST /graphql", trace_id="b"),
            *inside("b", "query Find", "mutation Add"),
            server("users", "c", "GET /users/{id}", trace_id="c"),
            *inside("c", "query Find"),
        )
    )
    assert {seen.operation.name for seen in model.operations} == {"query Find", "POST /graphql", "GET /users/{id}"}
    assert {exchange.operation: exchange.protocol for exchange in model.exchanges} == {
        "query Find": "graphql",
        "POST /graphql": "http",
        "GET /users/{id}": "http",
    }


def test_clocks_that_differ_are_told() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /", at=0, until=9),
            client("web", "b", "a", host="users", at=2, until=4),
            server("users", "c", "GET /users", "b", at=1, until=3),
            client("web", "d", "a", host="pay", at=5, until=6),
            server("pay", "e", "GET /pay", "d", at=5.1, until=5.9),
        )
    )
    assert [(gap.where, gap.count, gap.share) for gap in gaps_of(model) if gap.kind == "clock_skew"] == [
        ("web -> users", 1, 1.0)
    ]
