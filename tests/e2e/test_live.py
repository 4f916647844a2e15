"""`auditor serve --store` from outside: telemetry over HTTP in, the audit that a scan of the same would make out."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from auditor.files import DEFAULT_LOCK
from tests.support.canaries import Canaries
from tests.support.canaries import request as planted
from tests.support.commands import CAPTURE, auditor
from tests.support.live import SETTINGS, Live, clinic_now, running, send_and_kill
from tests.support.otlp import request, span

SCHEMA = ("--schema", str(CAPTURE))
MAIL = {"http.method": "GET", "http.url": "https://mail.example.com/send?email=someone"}


@pytest.fixture(scope="module")
def requests() -> list[str]:
    return clinic_now()


def comparable(audit: Any) -> Any:
    """An audit without what it tells of the files that were read."""
    audit["scope"].pop("inputs")
    return audit


def scanned(folder: Path, *inputs: str, schema: tuple[str, ...] = SCHEMA) -> Any:
    """The audit that `auditor scan` makes."""
    ran = auditor("scan", *inputs, *schema, "--out", "scanned", "--quiet", folder=folder)
    assert ran.returncode == 0, ran.stderr
    return comparable(json.loads((folder / "scanned" / "audit.json").read_text()))


def audit(live: Live) -> Any:
    return comparable(live.json("/api/v1/audit"))


def test_all_sent_three_times_in_any_order_is_what_a_scan_says(tmp_path: Path, requests: list[str]) -> None:
    (tmp_path / "traces.jsonl").write_text("\n".join(requests))
    expected = scanned(tmp_path, "traces.jsonl")
    with running(tmp_path, *SCHEMA) as live:
        for one in random.sample(requests * 3, 3 * len(requests)):
            live.send(one)
        live.until(lambda: bool(audit(live) == expected))
        spans, thrice = expected["scope"]["spans"], live.metric('auditor_ingest_received_total{signal="traces"}')
        assert thrice == 3 * spans
        live.stop()
    assert scanned(tmp_path, "--store", "store") == expected, "all of it was moved into the index"


def test_killed_while_telemetry_comes_in_it_goes_on_as_if_nothing_had_been(tmp_path: Path, requests: list[str]) -> None:
    (tmp_path / "traces.jsonl").write_text("\n".join(requests))
    expected = scanned(tmp_path, "traces.jsonl")
    waiting = send_and_kill(tmp_path, requests, kills=2, options=SCHEMA)
    with running(tmp_path, *SCHEMA) as live:
        for one in waiting:
            live.send(one)
        live.until(lambda: bool(audit(live) == expected))
        live.stop()


def test_three_receivers_on_shared_storage_add_up(tmp_path: Path) -> None:
    """Each has a folder of its own; who sends sees to it that a trace goes to one of them."""
    visits = [visit(number, **MAIL) if number % 2 else visit(number) for number in range(1, 13)]
    (tmp_path / "traces.jsonl").write_text("\n".join(visits))
    with contextlib.ExitStack() as stack:
        receivers = [stack.enter_context(running(tmp_path, store=f"shared/{name}")) for name in "abc"]
        for number, one in enumerate(visits):
            receivers[number % 3].send(one)
        second = auditor("serve", "--store", "shared/a", "--port", "0", "--otlp-port", "0", folder=tmp_path)
        assert (second.returncode, "another auditor" in second.stderr) == (2, True), "one writer each"
        for live in receivers:
            live.stop()
    expected = scanned(tmp_path, "traces.jsonl", schema=())
    assert scanned(tmp_path, "--store", "shared", schema=()) == expected


def visit(number: int, **mail: str) -> str:
    """A request to a service that reads an address, and perhaps sends it on."""
    begun = {"startTimeUnixNano": str(time.time_ns()), "endTimeUnixNano": str(time.time_ns() + 10**6)}
    trace = {"traceId": f"{number:032x}", **begun}
    parent = {"parentSpanId": f"{1:016x}", **trace}
    statement = {"db.system": "postgresql", "db.name": "shop", "db.statement": "SELECT email, plan FROM users"}
    spans = [
        span(1, "server", "GET /a", {"http.route": "/a"}, **trace),
        span(2, "client", "SELECT", statement, **parent),
    ]
    return json.dumps(request(*spans, *([span(3, "client", "GET", mail, **parent)] if mail else [])))


def test_news_schemas_and_approvals_while_it_runs(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "a.sql").write_text("CREATE TABLE users (email text, plan text);")
    lock = tmp_path / DEFAULT_LOCK

    def states() -> dict[str, str]:
        return {one["sink"]["name"]: one["state"] for one in live.json("/api/v1/exposures")["items"]}

    def news() -> list[str]:
        return [one["id"] for one in live.json("/feeds/exposures.json")["items"]]

    with running(tmp_path, "--schema", "schemas") as live:
        live.send(visit(1))
        live.until(lambda: states() == {"shop": "new"})
        live.until(lambda: len(news()) == 1)
        live.send(visit(2, **MAIL))
        live.until(lambda: states() == {"shop": "new", "mail.example.com": "new"})
        live.until(lambda: len(news()) == 2)
        (tmp_path / "served").mkdir()
        (tmp_path / "served" / "audit.json").write_bytes(live.request("GET", "/api/v1/audit")[1])
        approved = auditor("approve", "--audit", "served", "--all", "--lock", str(lock), folder=tmp_path)
        assert approved.returncode == 0, approved.stderr
        live.until(lambda: set(states().values()) == {"approved"})
        before = live.metric('auditor_audits_total{outcome="made"}')
        (tmp_path / "schemas" / "a.sql").write_text("CREATE TABLE users (email text, plan text, iban text); --")
        live.until(lambda: any(one["id"].endswith("users.iban") for one in live.json("/api/v1/fields")["items"]))
        assert live.metric('auditor_audits_total{outcome="made"}') > before
        (tmp_path / "auditor.toml").write_text(SETTINGS + "[classify]\nfacets = 1\n")
        live.until(lambda: live.request("GET", "/readyz")[0] == 503)
        assert set(states().values()) == {"approved"}, "what was read before stays in force"
        (tmp_path / "auditor.toml").write_text(SETTINGS)
        live.until(lambda: live.request("GET", "/readyz")[0] == 200)
        assert len(news()) == len(set(news())) == 2
        assert live.metric('auditor_exposures_raised_total{state="new"}') == 2
        assert "files of the audit cannot be used" in live.stop()


def test_no_planted_value_is_seen_again(tmp_path: Path) -> None:
    canaries = Canaries()
    (tmp_path / "auditor.toml").write_text(
        SETTINGS + "window = 36500\nkeep_models = 36500\nkeep_contexts = 36500\nkeep_spans = 36500\n"
    )
    body = json.dumps(planted(canaries))
    with running(tmp_path) as live:
        live.send(body)
        live.until(lambda: bool(live.json("/api/v1/audit")["scope"]["spans"]))
        pages = ("/", "/report", "/api/v1/audit", "/api/v1/leaks", "/metrics", "/feeds/exposures.json", "/openapi.json")
        seen = "".join(live.request("GET", page)[1].decode() for page in pages)
        shutil.copytree(tmp_path / "store", tmp_path / "running")
        seen += live.stop()
    (tmp_path / "auditor.toml").write_text("")
    ran = auditor("index", "--store", "store", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    seen += ran.stdout + ran.stderr + stored(tmp_path)
    assert [value for value in canaries.planted if value.lower() in seen.lower()] == []
    assert "users" in seen, "names are evidence, and stay"


def stored(folder: Path) -> str:
    """Every byte of every file, and what compressed ones hold."""
    import pyarrow.parquet as pq

    files = [file for file in folder.rglob("*") if file.is_file()]
    texts = [file.read_bytes().decode("latin-1") for file in files]
    return "\n".join([*texts, *(str(pq.read_table(file).to_pylist()) for file in files if file.suffix == ".parquet")])
