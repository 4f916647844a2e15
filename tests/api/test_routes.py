from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.examples import EXAMPLE
from lineage.explorer import amplification, contexts, edges
from lineage.histogram import histogram_of
from reports.audit_json import dumps, loads

LISTS = ("services", "stores", "fields", "accesses", "flows", "exposures", "gaps", "leaks")
VIEWS = {"calls": edges, "contexts": contexts, "amplification": amplification}


def found(client: TestClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", LISTS)
def test_each_list_holds_what_the_audit_holds(client: TestClient, name: str) -> None:
    page = found(client, f"/api/{name}")
    assert page["total"] == len(getattr(EXAMPLE, name))
    assert page["items"][0].keys() == asdict(getattr(EXAMPLE, name)[0]).keys()


@pytest.mark.parametrize("name", VIEWS)
def test_each_view_holds_what_the_explorer_sees(client: TestClient, name: str) -> None:
    assert found(client, f"/api/v1/{name}")["items"] == json.loads(
        json.dumps([asdict(one) for one in VIEWS[name](EXAMPLE)])
    )


def test_the_heaviest_load_comes_first_and_cursors_lead_on(tmp_path: Path) -> None:
    loads = tuple(
        replace(EXAMPLE.loads[0], operation=f"POST /{n}", per_request=histogram_of([n])) for n in (2, 9, 4, 4, 7)
    )
    (tmp_path / "audit.json").write_text(dumps(replace(EXAMPLE, loads=loads)))
    with TestClient(create_app(tmp_path)) as client:
        address: str | None = "/api/v1/amplification?limit=2"
        most = []
        while address:
            page = found(client, address)
            most += [one["most"] for one in page["items"]]
            address = page["next"]
    assert most == [9, 7, 4, 4, 2]


@pytest.mark.parametrize("filters", ["mode=shout", "cause=bad luck", "depth=2"])
def test_a_filter_that_is_not_known_is_refused(client: TestClient, filters: str) -> None:
    assert client.get(f"/api/v1/amplification?{filters}").status_code == 422


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
        ("calls?service=patients", 1),
        ("calls?service=mail.example.com", 1),
        ("calls?service=clinic", 0),
        ("contexts?root_service=patients&root=GET /patients/{id}", 1),
        ("contexts?service=patients&operation=GET /patients/{id}", 1),
        ("contexts?root=POST /send", 0),
        ("amplification?root_service=patients&root=GET /patients/{id}&caller=patients&callee=mail.example.com", 1),
        ("amplification?cause=loop&mode=call", 1),
        ("amplification?cause=fan-out", 0),
        ("amplification?mode=statement", 0),
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
