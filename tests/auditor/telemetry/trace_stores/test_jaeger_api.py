"""Jaeger's API: all traces of a period, each once, however many there are at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import InputError
from auditor.telemetry.report import ReadReport
from auditor.telemetry.trace_stores.address import read_address
from auditor.telemetry.trace_stores.jaeger import JaegerTraces
from auditor.telemetry.trace_stores.question import Question
from auditor.telemetry.trace_stores.read import read_store
from auditor.telemetry.trace_stores.web import Patience, Web
from tests.support.spans import wide
from tests.support.trace_stores import START, Trace, jaeger
from tests.support.web import Answer, Asked, serving

_KEYS = st.sampled_from(["traceID", "spans", "spanID", "processes", "references", "tags", "startTime", "logs", "p1"])
_SCALARS = st.none() | st.booleans() | st.integers() | st.text()
_JSON = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner))
HOUR = 3600 * 1_000_000
ASK = Question(START * 1000, (START + 4 * HOUR) * 1000)
TRACES = [
    *(Trace(number, START + number * 60_000_000, ("shop", "users")) for number in range(1, 101)),
    *(Trace(200 + number, START + 1_800_000_000 + number, ("shop", "mail")) for number in range(40)),
    Trace(900, START + 5 * HOUR, ("shop",)),
]


def _read(
    answer: Callable[[Asked], Answer], question: Question = ASK, options: str = "?limit=10"
) -> tuple[dict[str, int], ReadReport, list[Asked]]:
    """(spans by service, report, requests)."""
    report = ReadReport()
    with serving(answer) as served:
        batches = list(read_store(f"jaeger+http://{served.place}{options}", question, report))
    services: dict[str, int] = {}
    for row in wide(batches):
        services[row["service"]] = services.get(row["service"], 0) + 1
    return services, report, served.asked


def test_every_trace_of_the_period_comes_once() -> None:
    services, report, asked = _read(jaeger(TRACES))
    assert services == {"shop": 140, "users": 100, "mail": 40}
    assert report.bad_count == 0
    (told,) = report.inputs
    assert (told.sha256, told.format, told.spans) == ("", "jaeger", 280)
    assert told.name.endswith("from 2023-11-14T22:13:20.000000+00:00 to 2023-11-15T02:13:20.000000+00:00")
    assert asked[0].path == "/api/services"
    assert all(int(each.query["limit"]) == 10 for each in asked[1:])


def test_only_the_services_that_are_asked_for() -> None:
    question = Question(ASK.start, ASK.end, ("mail",))
    services, report, asked = _read(jaeger(TRACES), question)
    assert services == {"shop": 40, "mail": 40}
    assert {each.query["service"] for each in asked} == {"mail"}
    assert report.inputs[0].name.endswith("of mail")


def test_what_no_shorter_step_can_show_is_told() -> None:
    crowd = [Trace(number, START + 1000, ("shop",)) for number in range(1, 31)]
    services, report, _ = _read(jaeger([*crowd, Trace(99, START + HOUR, ("shop",))]))
    assert services == {"shop": 11}
    assert [bad.where for bad in report.bad] == ["service shop"] * report.bad_count
    assert "more traces" in report.bad[0].what


def test_answers_that_are_too_large_are_asked_for_in_parts() -> None:
    with serving(jaeger(TRACES)) as served:
        web = Web(read_address(f"jaeger+http://{served.place}", {}), Patience(answer=8_000))
        faults: list[tuple[str, str]] = []
        spans = list(JaegerTraces(web, ASK, 1000, lambda where, what: faults.append((where, what))))
    assert len({(span.trace_id, span.span_id) for span in spans}) == len(spans) == 280
    assert not faults


def test_what_is_no_span_is_told_and_left_out() -> None:
    good = jaeger(TRACES[:1])

    def answer(asked: Asked) -> Answer:
        found = good(asked)
        if asked.path != "/api/traces" or asked.query["service"] == "users":
            return found
        return Answer(b'{"data": [{"traceID": "5", "spans": [{"spanID": ""}, 5]}, 7, {"spans": "none"}]}')

    services, report, _ = _read(answer)
    assert services == {"shop": 1, "users": 1}
    assert {bad.where for bad in report.bad} == {"service shop"}
    assert {"a span without a trace id or span id", "spans is not a list"} <= {bad.what for bad in report.bad}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<html>", "not Jaeger's query API"),
        (b"[]", "not Jaeger's query API"),
        (b'{"traces": []}', "not Jaeger's query API"),
        (b'{"data": null, "errors": [{"code": 500, "msg": "secret"}]}', "an error of its own"),
        (b'{"data": []}', "no spans from 2023-11-14T22:13:20"),
        (json.dumps({"data": ["shop", None, "", 5]}).encode(), "no spans"),
    ],
)
def test_answers_that_are_none(body: bytes, told: str) -> None:
    _read_nothing(lambda _: Answer(body), told)


@settings(max_examples=60, deadline=None)
@given(_JSON)
def test_any_json_ends_in_spans_or_words(content: object) -> None:
    class Canned:
        received = 0

        def get(self, path: str, query: object) -> bytes:
            data = ["shop"] if path == "/api/services" else content
            return json.dumps({"data": data}).encode()

    faults: list[tuple[str, str]] = []
    web = cast(Web, Canned())
    for span in JaegerTraces(web, Question(0, 10**12), 1000, lambda where, what: faults.append((where, what))):
        assert span.trace_id


def _read_nothing(answer: Callable[[Asked], Answer], told: str) -> None:
    with pytest.raises(InputError, match=told) as raised:
        _read(answer)
    assert "secret" not in str(raised.value)
