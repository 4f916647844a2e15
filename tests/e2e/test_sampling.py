"""Telemetry that says how it was sampled: what counts are worth goes from the spans to every reader."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import CAPTURE, auditor

QUARTER = "ot=th:c"  # OpenTelemetry's threshold for one in four


def scanned(folder: Path, states: Callable[[str], str | None]) -> Any:
    """The audit of the bundled capture, whose spans say with `states` (of a service) how they were sampled."""
    lines = []
    for line in gzip.decompress((CAPTURE / "traces.otlp.jsonl.gz").read_bytes()).splitlines():
        request = json.loads(line)
        for resource in request["resourceSpans"]:
            names = {a["key"]: a["value"].get("stringValue") for a in resource["resource"]["attributes"]}
            state = states(names["service.name"])
            for span in (span for scope in resource["scopeSpans"] for span in scope["spans"]):
                span.update({"traceState": state} if state else {})
        lines.append(json.dumps(request))
    (folder / "traces.jsonl").write_text("\n".join(lines) + "\n")
    arguments = ("traces.jsonl", "--schema", str(CAPTURE / "schema.sql"), "--quiet")
    assert auditor("scan", *arguments, folder=folder).returncode == 0
    return json.loads((folder / "out" / "audit.json").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sampling")


@pytest.fixture(scope="module")
def quarter(folder: Path) -> Any:
    """Every span says that it is one of four."""
    return scanned(folder, lambda _: QUARTER)


def test_every_count_is_adjusted(quarter: Any) -> None:
    for records, number in (
        (quarter["services"], "spans"),
        (quarter["operations"], "calls"),
        (quarter["calls"], "calls"),
    ):
        assert records
        for one in records:
            assert one["sampled"] == {"kind": "adjusted", "adjusted": 4 * one[number]}
    assert quarter["flows"]
    assert all(flow["adjusted"] == 4 * flow["calls"] for flow in quarter["flows"])


def test_people_are_told(quarter: Any, folder: Path) -> None:
    told = auditor("services", "out", folder=folder).stdout
    assert "at least 80 requests (sampled; about 320)" in told
    page = (folder / "out" / "report.html").read_text()
    assert "at least 8 calls (sampled; about 32)" in page
    exposure = next(e["id"] for e in quarter["exposures"])
    assert "(sampled; about " in auditor("explain", exposure, folder=folder).stdout


def test_what_is_not_stated_is_unknown_and_not_one(tmp_path: Path) -> None:
    audit = scanned(tmp_path, lambda service: QUARTER if service == "portal" else None)
    worth = {one["name"]: (one["spans"], one["sampled"]) for one in audit["services"]}
    assert worth["portal"][1] == {"kind": "adjusted", "adjusted": 4 * worth["portal"][0]}
    assert worth["patients"][1] == {"kind": "unknown", "adjusted": None}
    calls = {(one["caller"], one["callee"]): one["sampled"] for one in audit["calls"]}
    assert calls[None, "portal"]["kind"] == "adjusted"
    assert calls["portal", "billing"] == {"kind": "unknown", "adjusted": None}  # the callee does not say it
    assert calls["doctor", "records"] == {"kind": "unknown", "adjusted": None}
    reads = [flow for flow in audit["flows"] if flow["direction"] == "read"]
    assert reads
    assert {flow["adjusted"] for flow in reads} == {None}
