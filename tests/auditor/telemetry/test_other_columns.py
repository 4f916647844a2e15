"""Jaeger and Zipkin JSON read in columns is what it is span by span: as exporters write it, oddly, and damaged."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from auditor.telemetry import jaeger_arrow, pair_effects, zipkin_arrow
from auditor.telemetry.flat import Undecoded
from auditor.telemetry.json_columns import is_json
from tests.support.otlp_strategies import ATTRIBUTES, NAMES, pairs
from tests.support.ways import in_columns, span_by_span

RANDOM = settings(
    max_examples=30,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
IDS = ("1", "2", "3", "00000000000000aa", "AB", "")
TRACES = ("463ac35c9f6413ad", "0af7651916cd43dd8448eb211c80319c")
TOLD = {
    "span.kind": ("client", "SERVER", "producer", "consumer", "x", 1),
    "error": (True, "true", False, "no"),
    "otel.status_code": ("ERROR", "OK", 2),
    "otel.status_description": NAMES,
    "otel.scope.name": ("lib", ""),
    "w3c.tracestate": ("ot=th:8", "x=y"),
    "sampler.type": ("probabilistic", "const"),
    "sampler.param": (0.5, "0.25", "half", 0),
}
SCALARS = {key: tuple(v for v in values if isinstance(v, (str, int, float))) for key, values in ATTRIBUTES.items()}
TAGS = {key: values for key, values in (SCALARS | TOLD).items() if values}
tags = st.lists(
    st.sampled_from(sorted(TAGS)).flatmap(lambda key: st.tuples(st.just(key), st.sampled_from(TAGS[key]))), max_size=6
)
ODD = st.sampled_from([None, 5, "x", [], {}, [5, None], {"a": 1}, True, -1, 1e300, 2**63])


@pytest.fixture(scope="module", autouse=True)
def few_are_many() -> Iterator[None]:
    """Few pairs are read in columns too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pair_effects, "_MANY_PAIRS", 1)
        patch.setattr(pair_effects, "_MANY_STATEMENTS", 1)
        yield


@st.composite
def jaeger_spans(draw: st.DrawFn) -> dict[str, Any]:
    listed = [{"key": key, "type": "string", "value": value} for key, value in draw(tags)]
    references = st.fixed_dictionaries(
        {"refType": st.sampled_from(("CHILD_OF", "FOLLOWS_FROM", "x")), "spanID": st.sampled_from(IDS)},
        optional={"traceID": st.sampled_from(TRACES)},
    )
    made: dict[str, Any] = {
        "traceID": draw(st.sampled_from(TRACES)),
        "spanID": draw(st.sampled_from(IDS)),
        "operationName": draw(st.sampled_from(NAMES)),
        "references": draw(st.lists(references, max_size=3)),
        "startTime": draw(st.sampled_from((1_700_000_000_000_000, "5", 0))),
        "duration": draw(st.sampled_from((0, 7, "9"))),
        "tags": listed,
        "logs": [{"timestamp": 1, "fields": [*listed[:2], {"key": "event", "value": "error"}]}]
        * draw(st.integers(0, 2)),
        "processID": draw(st.sampled_from(("p1", "p2", "p3", 5))),
    }
    if draw(st.booleans()):
        made[draw(st.sampled_from((*sorted(made), "process", "tag", "parentSpanID")))] = draw(ODD)
    return made


@st.composite
def jaeger_documents(draw: st.DrawFn) -> Any:
    processes = {
        "p1": {"serviceName": "web", "tags": [{"key": "service.version", "type": "string", "value": "1.2"}]},
        "p2": {"serviceName": draw(st.sampled_from(("api", "", 5)))},
        "5": draw(ODD),
    }
    traces = st.lists(st.lists(jaeger_spans(), max_size=4), max_size=3)
    data = [{"traceID": TRACES[0], "spans": spans, "processes": processes} for spans in draw(traces)]
    if draw(st.integers(0, 5)) == 0 and data:
        data[0][draw(st.sampled_from(("spans", "processes", "traceID")))] = draw(ODD)
    return draw(st.sampled_from(({"data": data}, data, *data[:1], {"data": data, "errors": None, "total": 0})))


@st.composite
def zipkin_spans(draw: st.DrawFn) -> dict[str, Any]:
    made = {
        "traceId": draw(st.sampled_from(TRACES)),
        "id": draw(st.sampled_from(IDS[:4])),
        "name": draw(st.sampled_from(NAMES)),
        "kind": draw(st.sampled_from(("CLIENT", "SERVER", "PRODUCER", "CONSUMER", None, "x"))),
        "timestamp": draw(st.sampled_from((1_700_000_000_000_000, 1_700_000_000_000_005, None, "7"))),
        "duration": draw(st.sampled_from((10, None))),
        "localEndpoint": {"serviceName": draw(st.sampled_from(("web", "api", "")))},
        "remoteEndpoint": draw(st.sampled_from((None, {"serviceName": "db"}, {"ipv4": "10.0.0.1", "port": 5432}, {}))),
        "tags": {key: str(value) for key, value in draw(pairs).items()},
        "annotations": [{"timestamp": 1, "value": note} for note in draw(st.lists(st.sampled_from(NAMES), max_size=2))],
        "parentId": draw(st.sampled_from(IDS)),
    }
    made = {key: value for key, value in made.items() if value is not None}
    if draw(st.integers(0, 3)) == 0:
        made[draw(st.sampled_from(sorted(made)))] = draw(ODD)
    return made


def told_apart(value: Any, numbers: Iterator[int]) -> Any:
    """The same with an id of its own for each span: the links of spans that share one cannot be told apart."""
    if isinstance(value, list):
        return [told_apart(item, numbers) for item in value]
    if not isinstance(value, dict):
        return value
    own = {"spanID": f"{next(numbers):x}"} if value.get("spanID") in IDS[:5] and "operationName" in value else {}
    return {key: told_apart(item, numbers) for key, item in value.items()} | own


def written(documents: list[Any]) -> bytes:
    return "".join(json.dumps(document) + "\n" for document in documents).encode()


@RANDOM
@given(st.lists(jaeger_documents(), min_size=1, max_size=3))
def test_jaeger(documents: list[Any]) -> None:
    data = written(told_apart(documents, count(1)))
    assert in_columns(data) == span_by_span(data)


@RANDOM
@given(st.lists(st.lists(zipkin_spans(), max_size=6), min_size=1, max_size=3), st.sampled_from((0, 1, 2, 3)))
def test_zipkin(lists: list[list[dict[str, Any]]], form: int) -> None:
    documents: list[Any] = (
        [*lists, *lists[:1]] if form == 1 else [lists] if form == 2 else [s for one in lists for s in one]
    )
    data = written(documents + ([lists[0]] if form == 3 else []))
    assert in_columns(data) == span_by_span(data)


JAEGER = {
    "data": [
        {
            "traceID": TRACES[1],
            "spans": [
                {
                    "traceID": TRACES[1],
                    "spanID": f"{number:016x}",
                    "operationName": "GET /users/{id}",
                    "references": [{"refType": "CHILD_OF", "traceID": TRACES[1], "spanID": "0000000000000001"}],
                    "startTime": 1_700_000_000_000_000 + number,
                    "duration": 5,
                    "tags": [{"key": "http.url", "type": "string", "value": f"http://h/users/{number}"}],
                    "logs": [],
                    "processID": "p1",
                    "warnings": None,
                }
                for number in range(2, 6)
            ],
            "processes": {"p1": {"serviceName": "web", "tags": []}},
        }
    ]
}
ZIPKIN = [
    {
        "traceId": TRACES[1],
        "id": f"{n:016x}",
        "kind": "CLIENT",
        "timestamp": n,
        "duration": 1,
        "tags": {"http.path": "/x"},
    }
    for n in range(1, 5)
]


def test_usual_documents_are_read_in_columns() -> None:
    assert len(jaeger_arrow.decode([json.dumps(JAEGER).encode()])) == 4
    assert len(jaeger_arrow.decode([json.dumps(JAEGER, indent=1).encode()])) == 4
    for document in (ZIPKIN, [ZIPKIN]):
        assert len(zipkin_arrow.decode([json.dumps(document).encode()]).flat) == 4
    assert len(zipkin_arrow.decode([json.dumps(span).encode() for span in ZIPKIN]).flat) == 4


def test_a_tag_that_is_there_twice_is_not_lost() -> None:
    data = json.dumps(ZIPKIN).replace('{"http.path": "/x"}', '{"http.path": "/x", "http.path": "/users/5"}', 1).encode()
    with pytest.raises(Undecoded):
        zipkin_arrow.decode([data])
    assert in_columns(data) == span_by_span(data)


@pytest.mark.parametrize("document", [JAEGER, ZIPKIN], ids=["jaeger", "zipkin"])
def test_mutated_documents(document: Any) -> None:
    chance = random.Random(11)
    whole = json.dumps(document).encode()
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(damaged))
            match chance.randrange(3):
                case 0:
                    damaged[at] = chance.randrange(32, 127)
                case 1:
                    del damaged[at : at + chance.randint(1, 9)]
                case _:
                    damaged[at:at] = chance.choice((b'"', b"}", b",", b"null", b"[", b"\\", b"0"))
        data = bytes(damaged)
        right = span_by_span(data)
        assert in_columns(data) == right or (is_json(data) and ("line 1", "is not complete JSON") in right[1])


def test_files_at_hand(shared: Path) -> None:
    files = [*shared.glob("traces/*jaeger*/*.json.gz"), *shared.glob("traces/*zipkin*/*.json.gz")]
    assert files
    for file in files:
        if not file.name.startswith("large"):
            data = gzip.decompress(file.read_bytes())
            assert in_columns(data) == span_by_span(data)


def test_an_id_that_is_a_number_is_none() -> None:
    data = written([{"traceId": 1234567890123456, "id": 77, "name": "x", "kind": "CLIENT", "timestamp": 1}])
    assert in_columns(data) == span_by_span(data)
