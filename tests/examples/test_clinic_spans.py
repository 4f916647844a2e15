"""The recorded spans are whole, tell no machine's secrets, and are what the schemas speak of."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.examples.clinic import (
    BASELINE,
    CONSUMER,
    LLM,
    MORE_COLUMNS,
    OUTSIDERS,
    PRODUCER,
    QUEUES,
    SERVICES,
    WHOLE,
    Recording,
    attributes,
)
from tests.support.commands import CAPTURE

LARGEST = 1_000_000  # bytes of all files together

every_recording = pytest.mark.parametrize(
    "recording", [WHOLE, BASELINE, MORE_COLUMNS, LLM], ids=lambda r: r.folder.name
)


@every_recording
def test_the_files_are_small_and_name_no_machine(recording: Recording) -> None:
    files = [path for path in recording.folder.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < (LARGEST if recording is WHOLE else LARGEST / 5)
    for path in files:
        assert not re.search(r"/(?:root|home|tmp|srv|usr|var|opt|work)/", recording.text(path.name)), path.name


@every_recording
def test_resources_name_the_service_and_nothing_else(recording: Recording) -> None:
    named = [attributes(resource["resource"]) for resource in recording.resources]
    assert {(a["service.namespace"], a["service.name"]) for a in named} == {("clinic", name) for name in SERVICES}
    allowed = re.compile(r"service\.(name|namespace|version|instance\.id)|telemetry\..*")
    assert [key for a in named for key in a if not allowed.fullmatch(key)] == []


@every_recording
def test_spans_are_whole_and_every_parent_is_there(recording: Recording) -> None:
    ids = {span["spanId"] for _, span, _ in recording.spans}
    assert len(ids) == len(recording.spans) > 300
    for _, span, _ in recording.spans:
        assert re.fullmatch("[0-9a-f]{32}", span["traceId"])
        assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
        assert span.get("parentSpanId", span["spanId"]) in ids
        assert {link["spanId"] for link in span.get("links", ())} <= ids
        assert isinstance(span["startTimeUnixNano"], str)
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])


@every_recording
def test_json_and_protobuf_hold_the_same_spans(recording: Recording) -> None:
    binary = [
        (span.trace_id.hex(), span.span_id.hex(), span.name, span.kind, str(span.end_time_unix_nano))
        for request in recording.protobuf()
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    keys = ("traceId", "spanId", "name", "kind", "endTimeUnixNano")
    assert binary == [tuple(span[key] for key in keys) for _, span, _ in recording.spans]


def test_outsiders_are_called_and_send_no_spans() -> None:
    calls = {
        (s, urlsplit(a["http.url"]).hostname) for s, span, a in WHOLE.spans if span["kind"] == 3 and "http.url" in a
    }
    assert {(caller, host) for caller, host in calls if host in OUTSIDERS} == {
        ("billing", "payments.example.test"),
        ("notifier", "mail.example.test"),
        ("claims", "insurer.example.test"),
        ("lab", "laboratory.example.test"),
        ("export", "files.example.test"),
        ("triage", "api.llm.example"),
    }
    assert {host for _, host in calls} == OUTSIDERS | {"127.0.0.1"}


def test_databases_of_the_spans_are_those_of_the_schema() -> None:
    seen = {(service, a["db.name"]) for service, _, a in WHOLE.spans if "db.statement" in a}
    shared = {("records", "patients"), ("export", "patients"), ("claims", "billing")}
    assert seen == shared | {(name, name) for name in ("patients", "billing", "triage")}
    assert re.findall(r"^-- database: (\w+)$", WHOLE.text("schema.sql"), re.M) == ["patients", "billing", "triage"]


def queues(service: str, kind: int) -> list[dict[str, Any]]:
    """The spans with which a service publishes or consumes."""
    return [span | {"named": a} for s, span, a in WHOLE.spans if s == service and span["kind"] == kind]


def test_a_reminder_goes_on_in_the_trace_that_sent_it() -> None:
    sent, taken = queues("patients", PRODUCER), queues("notifier", CONSUMER)
    assert {span["named"]["messaging.destination"] for span in sent + taken} == {"appointment-reminders"}
    assert len(taken) == 8
    assert {span["parentSpanId"] for span in taken} <= {span["spanId"] for span in sent}


def test_a_lab_order_begins_a_trace_linked_to_the_one_that_sent_it() -> None:
    sent, taken = queues("doctor", PRODUCER), queues("lab", CONSUMER)
    assert {span["named"]["messaging.destination"] for span in sent + taken} == {"lab-orders"}
    assert [span for span in taken if "parentSpanId" in span] == []
    linked = [(link["traceId"], link["spanId"]) for span in taken for link in span["links"]]
    assert sorted(linked) == sorted((span["traceId"], span["spanId"]) for span in sent)


def test_jobs_in_a_table_begin_traces_of_their_own() -> None:
    roots = {span["name"] for service, span, _ in WHOLE.spans if service == "claims" and "parentSpanId" not in span}
    assert roots == {"settle claim"}


def test_every_operation_of_the_spans_is_declared() -> None:
    declared = re.findall(r"^ +rpc (\w+)\(", WHOLE.text("clinic.proto"), re.M)
    assert {a["rpc.method"] for _, _, a in WHOLE.spans if "rpc.method" in a} == set(declared)
    for service in ("portal", "billing", "triage", "doctor"):
        paths = WHOLE.document(f"openapi.{service}.json")["paths"]
        assert {a["http.route"] for s, _, a in WHOLE.spans if s == service and "http.route" in a} == set(paths)
    asked = {(a["graphql.operation.name"], a["graphql.document"]) for _, _, a in WHOLE.spans if "graphql.document" in a}
    assert {name for name, _ in asked} == {"PatientCard", "PatientHistory", "Sample"}
    fields = set(re.findall(r"^  (\w+)[(:]", WHOLE.text("schema.graphql"), re.M))
    for _, document in asked:
        assert set(re.findall(r"\w+", document.split("{", 1)[1].replace("(id: $id)", ""))) <= fields


def test_every_outsider_but_the_file_store_has_a_schema() -> None:
    documents = [WHOLE.document(path.name) for path in CAPTURE.glob("openapi.*.json")]
    hosts = {urlsplit(server["url"]).hostname for document in documents for server in document.get("servers", ())}
    assert hosts == OUTSIDERS - {"files.example.test"}
    assert {"lab-orders", "appointment-reminders"} == QUEUES
    assert "address: lab-orders" in WHOLE.text("asyncapi.yaml")
    assert "appointment-reminders" in WHOLE.document("reminder.avsc")["doc"]
