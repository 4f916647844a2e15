"""OTLP in JSON and protobuf: the same spans, whatever they are written in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import InputError
from auditor.telemetry.report import ReadReport
from tests.support.otlp import TRACE, attributes, protobuf, request, span, varint
from tests.support.reading import rows_of

Read = Callable[..., list[dict[str, Any]]]
SPANS = (
    span(1, "server", "GET /users/{id}", {"http.method": "GET", "http.route": "/users/{id}", "http.status_code": 200}),
    span(
        2,
        "client",
        "SELECT",
        {"db.system": "mssql", "db.name": "shop", "db.statement": "SELECT a FROM t WHERE b = 'x'", "net.peer.port": 99},
        parentSpanId=f"{1:016x}",
        flags=0x100,
        links=[{"traceId": "ab" * 16, "spanId": "cd" * 8}],
        status={"code": 2, "message": "no"},
        traceState="ot=th:8",
        events=[{"name": "exception", "attributes": attributes({"exception.message": "mail to ann@example.com"})}],
    ),
)


def test_a_golden_row(read: Read) -> None:
    (row,) = read(request(SPANS[1], resource={"service.name": "shop", "service.version": "1.2.3-rc1"}))
    assert row == {
        "trace_id": TRACE,
        "span_id": "0000000000000002",
        "parent_id": "0000000000000001",
        "links": [{"trace_id": "ab" * 16, "span_id": "cd" * 8}],
        "remote_parent": False,
        "service": "shop",
        "namespace": None,
        "version": "1.2.3-rc1",
        "scope": "lib",
        "kind": "client",
        "operation": None,
        "protocol": "db",
        "start_ns": 1_700_000_000_000_000_002,
        "end_ns": 1_700_000_000_000_001_002,
        "error": True,
        "failed": False,
        "peer": None,
        "host": None,
        "port": 99,
        "keys": None,
        "db_system": "microsoft.sql_server",
        "db_namespace": "shop",
        "statement": "SELECT a FROM t WHERE b = '?'",
        "statement_id": row["statement_id"],
        "db_operation": None,
        "db_collection": None,
        "messaging_system": None,
        "channel": None,
        "weight": 2.0,
        "leaks": [{"attribute": "exception.message", "category": "user.contact.email"}],
    }


def test_every_way_of_writing_it_gives_equal_rows(read: Read) -> None:
    document = request(*SPANS)
    expected = read(document)
    assert len(expected) == 2
    encoded = protobuf(document)
    one, two = protobuf(request(SPANS[0])), protobuf(request(SPANS[1]))
    assert read(json.dumps(document, indent=2)) == expected
    assert read("\ufeff" + json.dumps(document)) == expected
    assert read("\n".join(json.dumps(request(one_span)) for one_span in SPANS) + "\n\n") == expected
    assert read([document]) == expected
    assert read(encoded) == expected
    assert read(one + two) == expected
    assert read(varint(len(one)) + one + varint(len(two)) + two) == expected
    assert read(b"".join(len(part).to_bytes(4, "big") + part for part in (one, two))) == expected


@pytest.mark.parametrize("top", ["batches", "trace"])
def test_the_flavour_with_base64_ids_and_enum_names(read: Read, top: str) -> None:
    expected = read(request(*SPANS))
    other = []
    for one in SPANS:
        copy = dict(one, kind={1: "SPAN_KIND_SERVER", 2: "SPAN_KIND_CLIENT"}[int(str(one["spanId"]), 16)])
        for key in ("traceId", "spanId", "parentSpanId"):
            if key in copy:
                copy[key] = base64.b64encode(bytes.fromhex(copy[key])).decode()
        if "status" in copy:
            copy["status"] = {"code": "STATUS_CODE_ERROR"}
        other.append(copy)
    entry = request()["resourceSpans"][0]
    entry["instrumentationLibrarySpans"] = [{"instrumentationLibrary": {"name": "lib"}, "spans": other}]
    del entry["scopeSpans"]
    document = {"batches": [entry]} if top == "batches" else {"trace": {"resourceSpans": [entry]}}
    assert read(document) == expected


def test_ids_in_capitals_and_numbers_as_numbers(read: Read) -> None:
    one = dict(SPANS[0], traceId=TRACE.upper(), startTimeUnixNano=5, endTimeUnixNano=3)
    (row,) = read(request(one))
    assert (row["trace_id"], row["start_ns"], row["end_ns"]) == (TRACE, 5, 5)


@pytest.mark.parametrize(
    ("flags", "remote"), [(None, None), (0, None), (0x100, False), (0x300, True), ("768", True), ("x", None)]
)
def test_remoteness_of_the_parent(read: Read, flags: object, remote: bool | None) -> None:
    (row,) = read(request(dict(SPANS[0], flags=flags)))
    assert row["remote_parent"] is remote


@pytest.mark.parametrize(
    ("resource", "service"),
    [
        ({"service.name": "a", "k8s.deployment.name": "b"}, "a"),
        ({"service.name": "unknown_service:python", "k8s.deployment.name": "b"}, "b"),
        ({"service.name": "", "container.name": "c"}, "c"),
        ({"service.name": "unknown_service:python"}, "unknown_service:python"),
        ({}, "unknown_service"),
    ],
)
def test_the_service_or_its_stand_in(read: Read, resource: dict[str, str], service: str) -> None:
    assert read(request(SPANS[0], resource=resource))[0]["service"] == service


def test_a_bad_record_never_loses_the_rest(read: Read) -> None:
    report = ReadReport()
    good = json.dumps(request(SPANS[0]))
    broken = request(SPANS[1], {"name": "no ids"}, 7)  # type: ignore[arg-type]
    rows = read("\n".join([good, '{"resourceSpans": [{"scope', json.dumps(broken), '"text"', "{}"]), report)
    assert [row["span_id"][-1] for row in rows] == ["1", "2"]
    assert [bad.where for bad in report.bad] == ["line 2", "line 3", "line 3", "line 4", "line 5"]
    assert report.bad_count == 5
    assert report.inputs[0].spans == 2


def test_a_cut_off_protobuf_keeps_what_came_before(read: Read) -> None:
    report = ReadReport()
    part = protobuf(request(SPANS[0]))
    rows = read(varint(len(part)) + part + varint(len(part)) + part[:-5], report)
    assert len(rows) == 1
    assert [(bad.where, bad.what) for bad in report.bad] == [(f"byte {len(part) + 2}", "the message is cut off")]


def test_a_damaged_request_in_a_stream_is_passed_over(read: Read) -> None:
    report = ReadReport()
    part, bad = protobuf(request(SPANS[0])), b"\x0a\x03\xff\xff\xff"
    rows = read(b"".join(varint(len(one)) + one for one in (part, bad, part)), report)
    assert (len(rows), report.bad_count) == (2, 1)


def test_deep_values_are_cut_not_followed(read: Read) -> None:
    deep: Any = "ann@example.com"
    for _ in range(200):
        deep = [deep]
    (row,) = read(request(span(1, "internal", "x", {"a": deep})))
    assert row["leaks"] is None


def test_other_signals_are_told_and_left(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"resourceMetrics": []}')
    (tmp_path / "t.json").write_text(json.dumps(request(SPANS[0])))
    (tmp_path / "readme.md").write_text("# Words")
    report = ReadReport()
    assert len(rows_of(tmp_path, report=report)) == 1
    assert report.skipped == ["m.json (OTLP metrics or logs, no traces)", "readme.md"]
    with pytest.raises(InputError, match="no traces"):
        rows_of(tmp_path / "m.json")
