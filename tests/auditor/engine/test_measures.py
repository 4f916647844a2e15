"""Durations, what a request sets off, and sampling weights."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.histogram import EMPTY, Histogram, histogram_of
from lineage.system import SystemModel
from tests.support.models import build_model
from tests.support.spans import SECOND, batch, client, query, server
from tests.support.traces import random_trace

SELECT = "SELECT email FROM users"
Load = dict[tuple[str, str, str], tuple[Histogram, int]]


def load(model: SystemModel) -> Load:
    """(root's operation, caller's operation, callee): calls per request, and the most of one handling."""
    return {(a.root.name, a.caller.name, a.callee.name): (a.per_request, a.burst) for a in model.amplifications}


def request(trace: str, lookups: int, queries: int = 0) -> list[dict[str, Any]]:
    """A page that looks so many users up, each with so many queries."""
    rows = [server("web", f"{trace}", "GET /page", trace_id=trace)]
    for n in range(lookups):
        call = f"{trace}-{n}"
        rows.append(client("web", call, trace, host="users", trace_id=trace))
        rows.append(server("users", f"{call}s", "GET /user", call, trace_id=trace))
        rows.extend(query("users", f"{call}q{q}", f"{call}s", SELECT, trace_id=trace) for q in range(queries))
    return rows


def test_calls_are_counted_for_each_request_at_the_root() -> None:
    model = build_model(batch(*request("a", 3, 2), *request("b", 0), *request("c", 1, 5)))
    assert load(model) == {
        ("GET /page", "GET /page", "users"): (histogram_of([3, 1]), 3),
        ("GET /page", "GET /user", "db/shop"): (histogram_of([6, 5]), 5),
    }
    requests = {context.path[0].name: context.calls for context in model.contexts if len(context.path) == 1}
    assert requests == {"GET /page": 3}


def test_each_root_of_a_trace_is_a_request() -> None:
    model = build_model(batch(*request("a", 2), *(row | {"trace_id": "a"} for row in request("b", 1))))
    assert load(model)["GET /page", "GET /page", "users"] == (histogram_of([2, 1]), 2)


def test_a_call_takes_as_long_as_its_caller_waits_and_a_handling_as_long_as_its_span() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /", until=9),
            client("web", "b", "a", host="users", at=1, until=4),
            server("users", "c", "GET /users", "b", at=2, until=3, error=True),
        )
    )
    assert {o.operation.service: o.durations.total / SECOND for o in model.operations} == {"web": 9, "users": 1}
    assert {e.operation: e.durations.total / SECOND for e in model.exchanges} == {"GET /": 9, "GET /users": 3}
    contexts = {len(c.path): (c.errors, c.durations.total / SECOND) for c in model.contexts}
    assert contexts == {1: (0, 9), 2: (1, 1)}


def test_a_span_without_a_beginning_or_that_ends_before_it_has_no_duration() -> None:
    rows = [server("web", "a", "GET /", trace_id="a"), server("web", "b", "GET /", trace_id="b", until=-1)]
    rows[0]["start_ns"] = 0
    (seen,) = build_model(batch(*rows)).operations
    assert (seen.seen.calls, seen.durations) == (2, EMPTY)


def test_sampled_spans_say_for_how_many_they_stand() -> None:
    model = build_model(
        batch(
            server("web", "a", "GET /", weight=4.0),
            client("web", "b", "a", host="users", weight=4.0),
            server("users", "c", "GET /users", "b", weight=8.0),
            query("users", "d", "c", SELECT, weight=8.0),
            server("web", "e", "GET /", trace_id="t2"),
            client("web", "f", "e", host="users", weight=4.0, trace_id="t2"),
            server("users", "g", "GET /silent", "f", trace_id="t2"),
        )
    )
    assert {s.name: (s.weighted, s.adjusted) for s in model.services} == {
        "web": (3, 12_000_000),
        "users": (2, 16_000_000),
    }
    weights = {
        f"{o.operation.service} {o.operation.name}": (o.seen.calls, o.seen.weighted, o.seen.adjusted)
        for o in model.operations
    }
    assert weights == {
        "web GET /": (2, 1, 4_000_000),
        "users GET /users": (1, 1, 8_000_000),
        "users GET /silent": (1, 0, 0),
    }
    calls = {e.operation: (e.seen.weighted, e.seen.adjusted) for e in model.exchanges}
    assert calls == {
        "GET /": (1, 4_000_000),
        "GET /users": (1, 8_000_000),  # both ends had to be kept
        "GET /silent": (0, 0),  # and one of them does not say how likely that was
    }
    assert [(s.seen.weighted, s.seen.adjusted) for s in model.statements] == [(1, 8_000_000)]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=3))
@settings(max_examples=15, deadline=None)
def test_a_plain_loop_finds_the_same(seeds: list[int]) -> None:
    """Random traces, each span walked up to its root: what the engine counts is what is there."""
    rows = [row for n, seed in enumerate(seeds) for row in random_trace(Random(seed), f"t{n}")]
    model = build_model(batch(*rows))
    by_id = {(row["trace_id"], row["span_id"]): row for row in rows}

    def above(row: dict[str, Any]) -> dict[str, Any] | None:
        return by_id.get((row["trace_id"], row["parent_id"]))

    handled: dict[str, list[int]] = {}
    published: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        if row["kind"] in ("server", "consumer"):
            key = f"{row['service']} {row['operation'] or '(background work)'}"
            handled.setdefault(key, []).append(row["end_ns"] - row["start_ns"])
        if row["kind"] == "producer":
            root = row
            while (parent := above(root)) is not None:
                root = parent
            per_request = published.setdefault((root["operation"], row["channel"]), {})
            per_request[root["trace_id"]] = per_request.get(root["trace_id"], 0) + 1
    told: dict[str, list[Histogram]] = {}
    for seen in model.operations:
        key = f"{seen.operation.service.rpartition('/')[2]} {seen.operation.name}"
        told.setdefault(key, []).append(seen.durations)
    assert {key: sum(h.total for h in found) for key, found in told.items()} == {k: sum(v) for k, v in handled.items()}
    assert {key: max(h.most for h in found) for key, found in told.items()} == {k: max(v) for k, v in handled.items()}
    sent: dict[tuple[str, str], int] = {}
    for a in model.amplifications:
        if a.mode == "publish":
            sent[a.root.name, a.callee.name] = sent.get((a.root.name, a.callee.name), 0) + a.per_request.total
    assert sent == {key: sum(counts.values()) for key, counts in published.items()}
