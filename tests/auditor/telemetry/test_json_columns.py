"""JSON read in columns is what it is span by span: however an exporter writes it, and of damaged bytes too."""

from __future__ import annotations

import base64
import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from auditor.telemetry import otlp_json_arrow
from auditor.telemetry.flat import Undecoded
from auditor.telemetry.json_columns import is_json
from auditor.telemetry.otlp_json import KINDS
from tests.support.otlp import request, span
from tests.support.otlp_strategies import pairs, spans
from tests.support.ways import in_columns, span_by_span

CLINIC = Path("examples/clinic/capture/traces.otlp.jsonl.gz")
RANDOM = settings(
    max_examples=30,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
ODD_VALUES = (
    {"stringValue": 5},
    {"stringValue": None},
    {"intValue": None},
    {"intValue": "1e3"},
    {"boolValue": "true"},
    {"doubleValue": 3},
    {"doubleValue": "NaN"},
    {"bytesValue": "aGk="},
    {"bytesValue": "?"},
    {"arrayValue": {}},
    {"arrayValue": {"values": [{"intValue": "7"}, 4, None, {"arrayValue": {"values": [{"stringValue": "x"}]}}]}},
    {"kvlistValue": {"values": [{"key": "email", "value": {"stringValue": "ann.lee@example.com"}}, 1]}},
    {"stringValue": '\u00e9 "quoted" \\ \n \U0001f600'},
    {"intValue": 3, "stringValue": "x"},
    {},
    {"unknownValue": 1},
    None,
    "plain",
    ["list"],
)
ODD_FIELDS: tuple[tuple[str, Any], ...] = (
    ("traceId", None),
    ("traceId", "0AF7651916CD43DD8448EB211C80319C"),
    ("traceId", base64.b64encode(bytes(range(16))).decode()),
    ("traceId", "12ab"),
    ("traceId", "00" * 16),
    ("traceId", "not an id"),
    ("traceId", 7),
    ("spanId", ""),
    ("spanId", "\u0661" * 16),
    ("parentSpanId", ""),
    ("parentSpanId", 0),
    ("parentSpanId", "X"),
    ("name", 5),
    ("name", None),
    ("name", {"a": 1}),
    ("kind", "SPAN_KIND_SERVER"),
    ("kind", "client"),
    ("kind", "3"),
    ("kind", 99),
    ("flags", "768"),
    ("flags", 2.0),
    ("status", {"code": "STATUS_CODE_ERROR"}),
    ("status", {"code": 2, "message": 5}),
    ("status", "ERROR"),
    ("startTimeUnixNano", 1_700_000_000_000_000_000),
    ("startTimeUnixNano", "+5"),
    ("startTimeUnixNano", "0x10"),
    ("startTimeUnixNano", -1),
    ("endTimeUnixNano", 1.7e18),
    ("endTimeUnixNano", "99999999999999999999"),
    ("endTimeUnixNano", "000000000000000000000005"),
    ("endTimeUnixNano", None),
    ("traceState", 7),
    ("attributes", None),
    ("attributes", {"a": 1}),
    ("attributes", [5, None, [], {"key": 5, "value": {"intValue": "1"}}, {"key": "a"}, {"value": {"intValue": "1"}}]),
    (
        "events",
        [{"name": "exception"}, 5, {"attributes": [{"key": "note", "value": {"stringValue": "+49 176 12345678"}}]}],
    ),
    ("events", {"name": "x"}),
    ("links", [{"traceId": "0b" * 16, "spanId": "0c" * 8}, 5, {"traceId": 1}]),
    ("links", "none"),
    ("unknown", {"deep": [1, 2]}),
)


@st.composite
def odd_spans(draw: st.DrawFn) -> dict[str, Any]:
    """A span with some of what exporters write, or should not."""
    made = draw(spans()) | dict(draw(st.lists(st.sampled_from(ODD_FIELDS), max_size=2)))
    if isinstance(made["attributes"], list):
        for value in draw(st.lists(st.sampled_from(ODD_VALUES), max_size=2)):
            made["attributes"].append(
                {"key": draw(st.sampled_from(("note", "user.email", "http.url"))), "value": value}
            )
    return made


def lines_of(documents: list[Any]) -> bytes:
    return "".join(json.dumps(document) + "\n" for document in documents).encode()


@RANDOM
@given(st.lists(st.lists(spans(), max_size=8), min_size=1, max_size=4), pairs)
def test_spans_that_meet_every_rule(made: list[list[dict[str, Any]]], resource: dict[str, Any]) -> None:
    data = lines_of([request(*batch, resource=resource | {"service.name": "shop"}) for batch in made])
    assert in_columns(data) == span_by_span(data)


@RANDOM
@given(st.lists(st.lists(odd_spans(), max_size=3), min_size=1, max_size=4))
def test_spans_as_no_specification_has_them(made: list[list[dict[str, Any]]]) -> None:
    data = lines_of([request(*batch) for batch in made])
    assert in_columns(data) == span_by_span(data)


@pytest.mark.parametrize("name", ODD_FIELDS, ids=str)
def test_each_odd_field(name: tuple[str, Any]) -> None:
    """By itself, so that columns are not given up for another."""
    data = lines_of([request(span(1, "client", "x", {"note": 1}) | dict([name]), span(2, "server", "y"))])
    assert in_columns(data) == span_by_span(data)


WHOLE = request(span(1, "client", "x", {"http.url": "http://h/users/7", "n": [1]}, status={"code": 2, "message": "no"}))
INNER = WHOLE["resourceSpans"][0]
SCOPE = INNER["scopeSpans"][0]
FRAMES: tuple[Any, ...] = (
    {"trace": WHOLE},
    {"batches": WHOLE["resourceSpans"]},
    {"resourceSpans": [{**INNER, "scopeSpans": [], "instrumentationLibrarySpans": INNER["scopeSpans"]}]},
    {"resourceSpans": [{**INNER, "scopeSpans": [{"instrumentationLibrary": {"name": "l"}, **SCOPE}]}]},
    {"resourceSpans": [{**INNER, "scopeSpans": 5}, INNER]},
    {"resourceSpans": [{**INNER, "resource": 5}, {**INNER, "resource": None}]},
    {"resourceSpans": [5, None, INNER]},
    {"resourceSpans": [{"scopeSpans": [5, None, {"spans": 7}, SCOPE]}]},
    {"resourceSpans": [{"scopeSpans": [{"spans": [5, None, *SCOPE["spans"]]}]}]},
    {"resourceSpans": [], "batches": WHOLE["resourceSpans"]},
    {"resourceSpans": {}},
    {"resourceSpans": None},
    [WHOLE, WHOLE],
    {"resourceMetrics": []},
    {"resourceSpans": [], "resourceLogs": []},
    "resourceSpans",
    5,
)


@pytest.mark.parametrize("place", range(len(FRAMES)))
def test_frames_that_differ_cost_columns_only_their_own_line(place: int) -> None:
    data = lines_of([WHOLE, FRAMES[place], WHOLE])
    assert in_columns(data) == span_by_span(data)
    alone = lines_of([FRAMES[place]])
    assert in_columns(alone) == span_by_span(alone)


def test_every_kind_is_known_by_name_and_number() -> None:
    for number, name in enumerate(KINDS):
        for kind in (number, str(number), f"SPAN_KIND_{name.upper()}"):
            data = lines_of([request({**span(1, "client", "x"), "kind": kind})])
            assert in_columns(data) == span_by_span(data)


def test_documents_over_several_lines_are_read_in_columns_too() -> None:
    data = json.dumps(WHOLE, indent=2).encode()
    assert in_columns(b"\xef\xbb\xbf" + data) == span_by_span(data)
    assert len(otlp_json_arrow.decode([data])) == 1


def test_a_damaged_line_costs_itself() -> None:
    lines = lines_of([WHOLE] * 5).splitlines(keepends=True)
    lines[2] = lines[2][:-40] + b"\n"
    lines[3] = lines[3].replace(b"client", b"\xff\xfe")
    rows, faults, _ = in_columns(b"".join(lines))
    assert (rows, faults) == span_by_span(b"".join(lines))[:2]
    assert ("line 3", "is not complete JSON") in faults
    with pytest.raises(Undecoded) as refused:
        otlp_json_arrow.decode(lines)
    assert refused.value.records is not None
    assert 2 in refused.value.records
    assert str(refused.value) == ""


def test_the_bundled_capture() -> None:
    data = gzip.decompress(CLINIC.read_bytes())
    assert in_columns(data) == span_by_span(data)


@pytest.mark.parametrize(
    "name", ["bank-of-anthos", "django-oscar", "django-oscar-truncated", "django-oscar-sqlcommenter"]
)
def test_captures(shared: Path, name: str) -> None:
    data = gzip.decompress((shared / "captures" / name / "traces.otlp.jsonl.gz").read_bytes())
    assert in_columns(data) == span_by_span(data)


def test_mutated_lines() -> None:
    """Neither crash nor hang, and the same is read; but columns forgive a comma behind the last item, and NaN."""
    chance = random.Random(5)
    lines = [line for line in gzip.decompress(CLINIC.read_bytes()).splitlines() if len(line) < 20_000][:8]
    assert lines
    for _ in range(80):
        damaged = bytearray(chance.choice(lines))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged))
            match chance.randrange(3):
                case 0:
                    damaged[at] = chance.randrange(256)
                case 1:
                    del damaged[at : at + chance.randint(1, 9)]
                case _:
                    damaged[at:at] = chance.choice((b'"', b"}", b",", b"null", b"[", b"\\", b"0"))
        data = bytes(damaged).replace(b"\n", b" ") + b"\n" + lines[0]
        right = span_by_span(data)
        if not (is_json(data.splitlines()[0]) and ("line 1", "is not complete JSON") in right[1]):
            assert in_columns(data) == right
        else:
            in_columns(data)
