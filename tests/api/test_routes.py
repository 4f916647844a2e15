from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.examples import EXAMPLE
from reports.audit_json import dumps, loads

LISTS = ("services", "stores", "fields", "accesses", "flows", "exposures", "gaps", "leaks", "calls")


def found(client: TestClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", LISTS)
def test_each_list_holds_what_the_audit_holds(client: TestClient, name: str) -> None:
    page = found(client, f"/api/{name}")
    assert page["total"] == len(getattr(EXAMPLE, name))
    assert page["items"][0].keys() == asdict(getattr(EXAMPLE, name)[0]).keys()


@pytest.mark.parametrize(
    ("address", "total"),
    [
        ("services?service=patients", 1),
        ("services?service=nobody", 0),
        ("stores?system=postgresql", 1),
        ("stores?store=other", 0),
        ("fields?category=user.contact.email", 1),
        ("fields?category=user.contact", 1),
        ("fields?category=user.contact.em", 0),
        ("fields?category=user.financial", 0),
        ("fields?table=patients&store=clinic&field=clinic/patients.email", 1),
        ("fields?table=other", 0),
        ("accesses?category=user.contact", 1),
        ("accesses?category=user.financial", 0),
        ("accesses?role=projected&service=patients&store=clinic", 1),
        ("accesses?role=written", 0),
        ("accesses?operation=GET /patients/{id}", 1),
        ("accesses?field=clinic/patients.name", 0),
        ("flows?category=user", 2),
        ("flows?category=user.name", 0),
        ("flows?store=clinic", 1),
        ("flows?service=patients", 2),
        ("flows?service=clinic", 0),
        ("flows?source=patients", 1),
        ("flows?sink=mail.example.com", 1),
        ("flows?direction=read", 1),
        ("flows?evidence=observed", 1),
        ("flows?evidence=declared", 0),
        ("flows?field=clinic/patients.email", 2),
        ("exposures?state=new", 1),
        ("exposures?state=approved", 0),
        ("exposures?sink=mail.example.com&evidence=possible&category=user.contact", 1),
        ("exposures?service=mail.example.com", 0),
        ("gaps?kind=no_schema", 1),
        ("gaps?kind=other", 0),
        ("leaks?category=user.contact&service=patients", 1),
        ("leaks?service=other", 0),
        ("calls?caller=patients&callee=mail.example.com&protocol=http", 1),
        ("calls?protocol=grpc", 0),
        ("paths?from=clinic&to=mail.example.com", 1),
        ("paths?from=clinic/patients.email&to=mail.example.com", 1),
        ("paths?from=mail.example.com&to=clinic", 0),
        ("paths?from=nobody&to=nowhere", 0),
    ],
)
def test_filters(client: TestClient, address: str, total: int) -> None:
    assert found(client, f"/api/{address}")["total"] == total


def test_a_path_names_its_parties_and_flows(client: TestClient) -> None:
    (path,) = found(client, "/api/paths?from=clinic&to=mail.example.com")["items"]
    assert [party["name"] for party in path["parties"]] == ["clinic", "patients", "mail.example.com"]
    assert path["evidence"] == "possible"
    assert len(path["flows"]) == 2


def test_paging_walks_the_whole_list_and_keeps_the_filters(client: TestClient) -> None:
    first = found(client, "/api/flows?category=user&limit=1")
    assert first["next"].startswith("/api/flows?")
    second = found(client, first["next"])
    assert second["next"] is None
    assert [first["total"], second["total"]] == [2, 2]
    assert {page["items"][0]["id"] for page in (first, second)} == {flow.id for flow in EXAMPLE.flows}
    assert found(client, "/api/flows?offset=99")["items"] == []


def test_single_records_by_their_stable_id(client: TestClient) -> None:
    flow, exposure = EXAMPLE.flows[0], EXAMPLE.exposures[0]
    assert found(client, f"/api/flows/{flow.id}")["via"] == flow.via
    assert found(client, f"/api/exposures/{exposure.id}")["state"] == "new"


def test_the_whole_audit_is_the_file(client: TestClient) -> None:
    answer = client.get("/api/audit")
    assert answer.text == dumps(EXAMPLE)
    assert answer.headers["content-type"] == "application/json"
    assert loads(answer.text).verdict == EXAMPLE.verdict


def test_health(client: TestClient) -> None:
    assert found(client, "/healthz") == {"status": "ok"}


def test_the_report_brings_its_policy_as_a_header(client: TestClient) -> None:
    answer = client.get("/report")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "style-src 'sha256-" in policy
    assert policy.endswith("frame-ancestors 'none'")
    assert answer.text.startswith("<!doctype html>")
    assert client.get("/report").text == answer.text
