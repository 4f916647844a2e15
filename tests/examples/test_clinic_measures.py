"""Latency and amplification of the clinic, by the engine and by a plain loop over its spans."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from math import ceil
from typing import Any

from auditor.telemetry.read import read_spans
from auditor.telemetry.report import ReadReport
from lineage.histogram import ERROR, histogram_of, merged
from lineage.system import SystemModel
from tests.examples.clinic import CLIENT, CONSUMER, PRODUCER, SERVER, WHOLE
from tests.support.commands import CAPTURE
from tests.support.models import build_model


@cache
def model() -> SystemModel:
    return build_model(read_spans([str(CAPTURE / "traces.otlp.jsonl.gz")], ReadReport()))


@cache
def spans() -> dict[str, tuple[str, dict[str, Any], dict[str, str]]]:
    return {span["spanId"]: (service, span, told) for service, span, told in WHOLE.spans}


def began(id_: str) -> str:
    """The span with which the service of a span began to handle something."""
    service, span, _ = spans()[id_]
    parent = span.get("parentSpanId")
    if parent is None or spans()[parent][0] != service or span["kind"] == CONSUMER:
        return id_
    if span["kind"] == SERVER and spans()[parent][1]["kind"] in (CLIENT, PRODUCER):
        return id_
    return began(parent)


def root(id_: str) -> str:
    """The span with which the trace of a span begins."""
    parent = spans()[id_][1].get("parentSpanId")
    return id_ if parent is None else root(parent)


def took(id_: str) -> int:
    span = spans()[id_][1]
    return int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"])


def operation(told: dict[str, str]) -> str:
    if "rpc.service" in told:
        return f"{told['rpc.service']}/{told['rpc.method']}"
    return f"{told.get('http.method')} {told.get('http.route')}"


def test_the_latency_of_calls_is_that_of_their_client_spans() -> None:
    waited: dict[tuple[str, str], list[int]] = defaultdict(list)
    for service, span, _ in spans().values():
        caller, parent, _ = spans().get(span.get("parentSpanId", ""), ("", {"kind": None}, {}))
        if span["kind"] == SERVER and parent["kind"] == CLIENT:
            waited[caller, service].append(took(parent["spanId"]))
    assert len(waited["portal", "patients"]) == 64
    for (caller, callee), true in waited.items():
        edges = [e for e in model().exchanges if e.caller and e.caller.service == caller and e.callee.name == callee]
        found = merged(e.durations for e in edges)
        assert found == histogram_of(true), (caller, callee)
        for share in (0.5, 0.9, 0.99):
            exact = sorted(true)[ceil(share * len(true)) - 1]
            assert abs(found.quantile(share) - exact) <= exact * ERROR


def test_what_each_request_to_the_portal_sets_off_at_the_patients_service() -> None:
    requests: Counter[str] = Counter()
    calls: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for id_, (service, span, told) in spans().items():
        if "parentSpanId" not in span and service == "portal":
            requests[operation(told)] += 1
        first = root(id_)
        if span["kind"] == SERVER and service == "patients" and spans()[first][0] == "portal":
            calls[operation(spans()[first][2]), operation(told)][first] += 1
    found = {
        (a.root.name, a.operation): a.per_request
        for a in model().amplifications
        if a.root.service == "portal" and a.callee.name == "patients"
    }
    assert found == {key: histogram_of(counted.values()) for key, counted in calls.items()}
    roots = {c.path[0].name: c.calls for c in model().contexts if len(c.path) == 1 and c.path[0].service == "portal"}
    assert roots == requests


def test_a_visit_publishes_two_reminders_and_one_handling_of_it_does_so() -> None:
    published: Counter[str] = Counter()
    by_handling: Counter[str] = Counter()
    for id_, (service, span, _) in spans().items():
        if span["kind"] == PRODUCER and service == "patients":
            published[root(id_)] += 1
            by_handling[began(id_)] += 1
    (found,) = [a for a in model().amplifications if a.mode == "publish" and a.caller.service == "patients"]
    assert found.per_request == histogram_of(published.values())
    assert found.burst == max(by_handling.values()) == 2


def test_only_some_of_the_settled_claims_reach_the_insurer() -> None:
    (found,) = [a for a in model().amplifications if a.callee.name == "insurer.example.test"]
    roots = {c.path[0]: c.calls for c in model().contexts if len(c.path) == 1}
    true = Counter(root(id_) for id_, (_, _, told) in spans().items() if "//insurer" in told.get("http.url", ""))
    assert found.per_request == histogram_of(true.values())
    assert (found.per_request.count, roots[found.root]) == (8, 26)
