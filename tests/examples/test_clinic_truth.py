"""The capture's spans, schemas and ground truth agree with each other, and with what the example is about."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from classifiers.checksums import luhn
from classifiers.taxonomy import CATEGORIES
from tests.support.commands import CAPTURE

SERVICES = {"portal", "patients", "billing"}
PARTIES = SERVICES | {"payments.example.test", "browser (external client)"}
SHORT = 6  # characters: shorter values also turn up by chance


@cache
def text(name: str) -> str:
    """A file of the capture, unpacked."""
    body = (CAPTURE / name).read_bytes()
    return (gzip.decompress(body) if name.endswith(".gz") else body).decode("utf-8", "replace")


def document(name: str) -> Any:
    return json.loads(text(name))


def attributes(owner: dict[str, Any]) -> dict[str, str]:
    """Key to value, values as text."""
    return {a["key"]: str(next(iter(a["value"].values()), "")) for a in owner.get("attributes", ())}


@cache
def resources() -> list[dict[str, Any]]:
    requests = map(json.loads, text("traces.otlp.jsonl.gz").splitlines())
    return [resource for request in requests for resource in request["resourceSpans"]]


@cache
def spans() -> list[tuple[str, dict[str, Any], dict[str, str]]]:
    """(service, span, its attributes)."""
    return [
        (attributes(resource["resource"])["service.name"], span, attributes(span))
        for resource in resources()
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def frames(body: bytes) -> Iterator[bytes]:
    """Messages that each have their length before them, as a varint."""
    at = 0
    while at < len(body):
        size = shift = 0
        while True:
            byte = body[at]
            at, size, shift = at + 1, size | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                break
        assert at + size <= len(body), "the last message is cut off"
        yield body[at : at + size]
        at += size


def test_resources_name_the_service_and_nothing_else() -> None:
    named = [attributes(resource["resource"]) for resource in resources()]
    assert {(a["service.namespace"], a["service.name"]) for a in named} == {("clinic", name) for name in SERVICES}
    allowed = re.compile(r"service\.(name|namespace|version|instance\.id)|telemetry\..*")
    assert [key for a in named for key in a if not allowed.fullmatch(key)] == []


def test_spans_are_whole_and_every_parent_is_there() -> None:
    ids = {span["spanId"] for _, span, _ in spans()}
    assert len(ids) == len(spans()) > 100
    for _, span, _ in spans():
        assert re.fullmatch("[0-9a-f]{32}", span["traceId"])
        assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
        assert span.get("parentSpanId", span["spanId"]) in ids
        assert isinstance(span["startTimeUnixNano"], str)
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])


def test_json_and_protobuf_hold_the_same_spans() -> None:
    requests = map(
        ExportTraceServiceRequest.FromString, frames(gzip.decompress((CAPTURE / "traces.otlp.pb.gz").read_bytes()))
    )
    binary = [
        (span.trace_id.hex(), span.span_id.hex(), span.name, span.kind, str(span.end_time_unix_nano))
        for request in requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    keys = ("traceId", "spanId", "name", "kind", "endTimeUnixNano")
    assert binary == [tuple(span[key] for key in keys) for _, span, _ in spans()]


def test_the_payment_provider_is_called_and_sends_no_spans() -> None:
    callers = {s for s, _, a in spans() if urlsplit(a.get("http.url", "")).hostname == "payments.example.test"}
    assert callers == {"billing"}


def test_databases_of_the_spans_are_those_of_the_schema() -> None:
    seen = {(service, a["db.name"]) for service, _, a in spans() if "db.statement" in a}
    assert seen == {("patients", "patients"), ("billing", "billing")}
    assert re.findall(r"^-- database: (\w+)$", text("schema.sql"), re.M) == ["patients", "billing"]


def test_every_operation_of_the_spans_is_declared() -> None:
    declared = re.findall(r"^ +rpc (\w+)\(", text("clinic.proto"), re.M)
    assert {a["rpc.method"] for _, _, a in spans() if "rpc.method" in a} == set(declared)
    for service in ("portal", "billing"):
        paths = {path for path, item in document(f"openapi.{service}.json")["paths"].items() for _ in item}
        assert {a["http.route"] for s, _, a in spans() if s == service and "http.route" in a} == paths


def test_people_are_made_up_and_every_value_is_unique() -> None:
    people = document("canaries.json")
    assert len(people) >= 8
    assert {frozenset(person) for person in people} == {frozenset(document("categories.json"))}
    counts = Counter(value for person in people for value in person.values())
    assert [value for value, count in counts.items() if count > 1] == []  # also across fields
    for person in people:
        assert person["email"].endswith("@example.test")
        assert luhn(person["card_number"])
        assert person["card_number"].endswith(person["card_last_four"])


def test_categories_are_keys_of_the_taxonomy() -> None:
    assert {key for keys in document("categories.json").values() for key in keys.split()} <= set(CATEGORIES)


def test_the_truth_of_flows_speaks_of_people_and_of_parties_that_are_there() -> None:
    people, flows = document("canaries.json"), document("truth.json")
    keys = ("field", "from", "to", "via", "direction", "where", "key")
    assert len({tuple(flow[key] for key in keys) for flow in flows}) == len(flows) > 50
    assert {party for flow in flows for party in (flow["from"], flow["to"])} == PARTIES
    for flow in flows:
        assert flow["field"] in people[0]
        assert flow["direction"] in ("request", "response")
        assert 1 <= flow["distinct_people"] <= min(len(people), flow["hits"])


@pytest.mark.parametrize(
    ("field", "source", "target"),
    [
        ("card_number", "billing", "payments.example.test"),
        ("insurance_number", "portal", "billing"),
        ("icd_code", "patients", "portal"),
    ],
)
def test_the_flows_that_the_example_is_about(field: str, source: str, target: str) -> None:
    assert [f for f in document("truth.json") if (f["field"], f["from"], f["to"]) == (field, source, target)]


def test_diagnoses_stay_out_of_billing() -> None:
    flows = [f for f in document("truth.json") if f["field"] in ("icd_code", "note")]
    assert {party for flow in flows for party in (flow["from"], flow["to"])} == PARTIES - {
        "billing",
        "payments.example.test",
    }


def test_whole_card_numbers_are_never_stored() -> None:
    columns = document("truth_columns.json")
    stored = {field for column in columns for field in column["canary_fields"]}
    assert stored & {"card_number", "card_expiry", "card_cvc"} == set()
    assert "card_last_four" in stored
    for column in columns:
        assert column["values"] >= max(column["canary_fields"].values())
        table = re.search(rf"CREATE TABLE public\.{column['table']} \((.*?)\n\);", text("schema.sql"), re.S)
        assert table is not None
        assert re.search(rf"^ +{column['column']} ", table[1], re.M)


def test_leaks_in_telemetry_are_exactly_those_told() -> None:
    """Counted anew, and looked for in every other text of a span as well."""
    values = [pair for person in document("canaries.json") for pair in person.items() if len(pair[1]) >= SHORT]
    found: Counter[tuple[str, str, str]] = Counter()
    for service, span, named in spans():
        texts = {key: unquote_plus(value) for key, value in named.items()}
        texts["(elsewhere)"] = unquote_plus(json.dumps({**span, "attributes": []}, ensure_ascii=False))
        for key, whole in texts.items():
            found.update({(service, key, field) for field, value in values if value in whole})
    told = {
        (leak["service"], leak["attribute"], leak["field"]): leak["spans"] for leak in document("truth_telemetry.json")
    }
    assert found == told
    assert ("portal", "http.url", "email") in told
