"""Jaeger JSON in its several wrappings."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from auditor.telemetry.report import ReadReport

Read = Callable[..., list[dict[str, Any]]]
TAGS = {"span.kind": "client", "http.method": "GET", "http.url": "http://h:81/users/7", "error": True}


def tags(pairs: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "type": "string", "value": value} for key, value in pairs.items()]


def one_span(**fields: Any) -> dict[str, Any]:
    return {
        "traceID": "ABC",
        "spanID": "2",
        "operationName": "HTTP GET",
        "references": [
            {"refType": "FOLLOWS_FROM", "traceID": "ABC", "spanID": "7"},
            {"refType": "CHILD_OF", "traceID": "ABC", "spanID": "1"},
            {"refType": "CHILD_OF", "traceID": "FFF", "spanID": "9"},
        ],
        "startTime": 5,
        "duration": 3,
        "tags": tags(TAGS),
        "logs": [{"timestamp": 6, "fields": tags({"event": "error", "message": "no ann@example.com"})}],
        "processID": "p1",
        **fields,
    }


PROCESS = {"serviceName": "shop", "tags": tags({"service.version": "1.0"})}
TRACE = {"traceID": "ABC", "spans": [one_span()], "processes": {"p1": PROCESS}}


def hexed(digits: str, length: int) -> str:
    return digits.rjust(length, "0")


def test_a_golden_row(read: Read) -> None:
    (row,) = read({"data": [TRACE], "total": 0})
    wanted = {
        "trace_id": hexed("abc", 32),
        "span_id": hexed("2", 16),
        "parent_id": hexed("1", 16),
        "service": "shop",
        "version": "1.0",
        "kind": "client",
        "operation": "GET /users/{}",
        "protocol": "http",
        "start_ns": 5000,
        "end_ns": 8000,
        "error": True,
        "failed": True,
        "host": "h",
        "port": 81,
        "leaks": [{"attribute": "message", "category": "user.contact.email"}],
        "links": [
            {"trace_id": hexed("abc", 32), "span_id": hexed("7", 16)},
            {"trace_id": hexed("fff", 32), "span_id": hexed("9", 16)},
        ],
    }
    assert {key: row[key] for key in wanted} == wanted


def test_every_wrapping_gives_equal_rows(read: Read) -> None:
    expected = read({"data": [TRACE]})
    inline = one_span(process={"serviceName": "shop", "tag": {"service@version": "1.0"}})
    del inline["processID"], inline["tags"]
    inline["tag"] = {key.replace(".", "@"): value for key, value in TAGS.items()}
    for document in (TRACE, [TRACE], inline, {"hits": {"hits": [{"_source": inline}]}}, {"_source": inline}):
        assert read(document) == expected
    assert read("\n".join([json.dumps(inline)] * 2)) == expected * 2


def test_a_follower_without_other_parent_has_its_predecessor_for_one(read: Read) -> None:
    (row,) = read({**TRACE, "spans": [one_span(references=one_span()["references"][:1])]})
    assert (row["parent_id"], row["links"]) == (hexed("7", 16), None)


def test_the_sampler_of_the_root_weighs_the_trace(read: Read) -> None:
    root = one_span(spanID="1", references=[], tags=tags({"sampler.type": "probabilistic", "sampler.param": "0.25"}))
    assert [row["weight"] for row in read({**TRACE, "spans": [one_span(), root]})] == [4.0, 4.0]


@pytest.mark.parametrize(
    "broken", [7, {}, {"spanID": "x"}, {"traceID": [], "spanID": {}}, {"traceID": "1", "spanID": "0"}]
)
def test_a_bad_span_never_loses_the_rest(read: Read, broken: Any) -> None:
    report = ReadReport()
    assert len(read({"data": [{**TRACE, "traceID": None, "spans": [broken, one_span()]}]}, report)) == 1
    assert report.bad_count == 1


def test_ids_that_say_something_are_hashed(read: Read) -> None:
    (row,) = read({**TRACE, "spans": [one_span(traceID="ann@example.com", references=[])]})
    assert len(row["trace_id"]) == 32
    assert "ann" not in row["trace_id"]
