"""Tempo's API: found by search, read one by one as OTLP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from auditor.errors import InputError
from auditor.telemetry.report import ReadReport
from auditor.telemetry.trace_stores.address import read_address
from auditor.telemetry.trace_stores.question import Question
from auditor.telemetry.trace_stores.read import read_store
from auditor.telemetry.trace_stores.tempo import TempoTraces
from auditor.telemetry.trace_stores.web import Patience, Web
from tests.support import otlp
from tests.support.spans import wide
from tests.support.trace_stores import START, Trace, tempo
from tests.support.web import Answer, Asked, serving

HOUR = 3600 * 1_000_000
ASK = Question(START * 1000, (START + 4 * HOUR) * 1000)
TRACES = [
    *(Trace(number, START + number * 60_000_000, ("shop", "users")) for number in range(1, 101)),
    *(Trace(200 + number, START + number * 2_000_000, ("shop", "mail")) for number in range(40)),
    Trace(900, START + 9 * HOUR, ("shop",)),
]


def _read(
    answer: Callable[[Asked], Answer], question: Question = ASK, options: str = "?limit=10"
) -> tuple[Counter[str], ReadReport, list[Asked]]:
    """(spans by service, report, requests)."""
    report = ReadReport()
    with serving(answer) as served:
        batches = list(read_store(f"tempo+http://{served.place}{options}", question, report))
    return Counter(row["service"] for row in wide(batches)), report, served.asked


@pytest.mark.parametrize("old", [False, True])
def test_every_trace_of_the_period_comes_once(old: bool) -> None:
    services, report, asked = _read(tempo(TRACES, old))
    assert services == {"shop": 140, "users": 100, "mail": 40}
    assert report.bad_count == 0
    assert [(i.sha256, i.format, i.spans) for i in report.inputs] == [("", "tempo", 280)]
    read = [each for each in asked if each.path != "/api/search"]
    newest = sum(each.path.startswith("/api/v2/") for each in read)
    assert newest == 140 if not old else newest < 30  # an old Tempo is known as such after the first answers
    assert {each.query["q"] for each in asked if each.path == "/api/search"} == {"{}"}


def test_only_the_services_that_are_asked_for() -> None:
    services, _, asked = _read(tempo(TRACES), Question(ASK.start, ASK.end, ("mail", 'no"body\\')))
    assert services == {"shop": 40, "mail": 40}
    assert asked[0].query["q"] == '{resource.service.name = "mail" || resource.service.name = "no\\"body\\\\"}'


def test_what_no_shorter_step_can_show_is_told() -> None:
    crowd = [Trace(number, START + number, ("shop",)) for number in range(1, 31)]
    services, report, _ = _read(tempo(crowd))
    assert services["shop"] < 30
    assert {(bad.where, bad.what.partition(" than")[0]) for bad in report.bad} == {("search", "more traces")}


def _with(own: str, instead: Answer) -> Callable[[Asked], Answer]:
    good = tempo([Trace(1, START, ("shop",)), Trace(2, START, ("users",))])
    return lambda asked: instead if asked.path.endswith(own) else good(asked)


PART = otlp.protobuf(otlp.request(otlp.span(7, "server", "GET /")))


@pytest.mark.parametrize(
    ("instead", "told", "spans"),
    [
        (Answer(b"not found", 404), "is not there any more", 1),
        (Answer(b"\xff\xff\xff"), "is not OTLP in protobuf", 1),
        (Answer(b"\x0a\x03\xff\xff\xff"), "is not an OTLP trace request", 1),
        (Answer(b"\x0a" + otlp.varint(len(PART)) + PART + b"\x18\x01"), "a part is missing", 2),
    ],
)
def test_a_trace_that_cannot_be_had_costs_itself(instead: Answer, told: str, spans: int) -> None:
    services, report, _ = _read(_with("/1", instead))
    assert services.total() == spans
    assert [bad.where for bad in report.bad] == ["trace 1"]
    assert told in report.bad[0].what


def test_a_trace_that_is_too_large_costs_itself() -> None:
    faults = []
    with serving(_with("/1", Answer(bytes(2000)))) as served:
        web = Web(read_address(f"tempo+http://{served.place}", {}), Patience(answer=1000))
        found = list(TempoTraces(web, ASK, 10, lambda where, what: faults.append((where, what))))
    assert len(found) == 1
    assert faults == [("trace 1", "is too large")]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<html>", "not Tempo's API"),
        (b'{"data": []}', "not Tempo's API"),
        (b'{"traces": null}', "no spans from"),
        (b'{"metrics": {}}', "no spans from"),
        (b'{"traces": [{"traceID": "../../secret"}, 5, {}]}', "no spans from"),
    ],
)
def test_answers_that_are_none(body: bytes, told: str) -> None:
    asked = []

    def answer(request: Asked) -> Answer:
        asked.append(request.path)
        return Answer(body)

    with pytest.raises(InputError, match=told) as raised:
        _read(answer)
    assert set(asked) == {"/api/search"}
    assert "secret" not in str(raised.value)
