"""Audits of stores of traces, as a user would make them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support import otel_table, otlp
from tests.support.canaries import Canaries
from tests.support.canaries import request as canary_request
from tests.support.commands import CAPTURE, auditor
from tests.support.trace_stores import START, Trace, jaeger, tempo
from tests.support.web import Answer, Asked, serving

SECRET = "s3cr3t-Quillfeather"
BEGIN = datetime.fromtimestamp(START / 1e6, UTC).isoformat()
END = datetime.fromtimestamp(START / 1e6 + 3600, UTC).isoformat()
TRACES = [Trace(number, START + number * 1_000_000, ("shop", "users")) for number in range(1, 40)]


@pytest.mark.parametrize(("kind", "answer"), [("jaeger", jaeger(TRACES)), ("tempo", tempo(TRACES))])
def test_a_store_is_audited_like_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, answer: Callable[[Asked], Answer]
) -> None:
    monkeypatch.setenv("AUDITOR_TRACES_PASSWORD", SECRET)
    with serving(answer) as served:
        url = f"{kind}+http://ann@{served.place}"
        ran = auditor("scan", url, "--from", BEGIN, "--to", END, "--service", "users", "--out", "out", folder=tmp_path)
        shown = f"{kind}+http://{served.place}"
    assert ran.returncode == 0, ran.stderr
    assert served.asked[0].headers["Authorization"].startswith("Basic ")
    audit = json.loads((tmp_path / "out" / "audit.json").read_text())
    asked = f"{shown} from {BEGIN[:-6]}.000000+00:00 to {END[:-6]}.000000+00:00 of users"
    assert audit["scope"]["inputs"] == [{"name": asked, "sha256": "", "format": kind, "spans": 78}]
    assert {(call["caller"], call["callee"]) for call in audit["calls"]} == {(None, "shop"), ("shop", "users")}
    written = [file.read_text() for file in (tmp_path / "out").iterdir()]
    assert not [text for text in (*written, ran.stdout, ran.stderr) if SECRET in text]
    assert auditor("verify", "out", folder=tmp_path).returncode == 0


def test_parquet_and_otlp_make_the_same_audit(tmp_path: Path) -> None:
    requests = otel_table.clinic()
    (tmp_path / "otlp").mkdir()
    (tmp_path / "otlp" / "traces").write_text("\n".join(map(json.dumps, requests)))
    (tmp_path / "parquet").mkdir()
    otel_table.write(tmp_path / "parquet" / "traces", otel_table.table_of(requests))
    audits = []
    for form in ("otlp", "parquet"):
        ran = auditor("scan", form, "--schema", str(CAPTURE), "--out", f"out-{form}", folder=tmp_path)
        assert ran.returncode == 0, ran.stderr
        audit = json.loads((tmp_path / f"out-{form}" / "audit.json").read_text())
        assert audit["scope"].pop("inputs")[0]["format"] == {"otlp": "otlp-json", "parquet": "otel-parquet"}[form]
        audits.append(audit)
    assert audits[0] == audits[1]
    assert audits[0]["flows"]


def test_no_planted_value_survives_a_store(tmp_path: Path) -> None:
    canaries = Canaries()
    data = otlp.protobuf(canary_request(canaries))

    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/search":
            return Answer(b'{"traces": [{"traceID": "1"}]}')
        return Answer(b"\x0a" + otlp.varint(len(data)) + data)

    with serving(answer) as served:
        ran = auditor("scan", f"tempo+http://{served.place}", "--from", "24h", "--out", "out", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    everything = "\n".join([ran.stdout, ran.stderr, *(file.read_text() for file in (tmp_path / "out").iterdir())])
    assert not [value for value in canaries.planted if value.lower() in everything.lower()]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((f"clickhouse://u:{SECRET}@h@x",), "special characters"),
        (("https://traces.example/x",), "a URL that is none of a store of traces"),
        ((f"https://u:{SECRET}@traces.example/x",), "a URL that is none of a store of traces"),
        (("jaeger://h",), "say jaeger+http://"),
        (("jaeger+http://127.0.0.1:1", "--from", "tomorrow"), "--from"),
        (("jaeger+http://127.0.0.1:1", "--from", "2026-01-02", "--to", "2026-01-01"), "--from must lie before --to"),
        (("traces", "--from", "24h"), "files are read whole"),
        (("traces", "--service", "shop"), "files are read whole"),
    ],
)
def test_mistakes_are_said_and_end_with_2(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    (tmp_path / "traces").write_text("{}")
    ran = auditor("check", *arguments, folder=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert told in ran.stderr
    assert SECRET not in ran.stderr


def test_an_index_takes_no_store_and_shows_no_password(tmp_path: Path) -> None:
    ran = auditor("index", f"clickhouse://u:{SECRET}@h", "--store", "kept", folder=tmp_path)
    assert ran.returncode == 2
    assert "'auditor scan' asks stores of traces" in ran.stderr
    assert SECRET not in ran.stderr


def test_a_store_that_fails_decides_nothing(tmp_path: Path) -> None:
    with serving(lambda _: Answer(SECRET.encode(), 401)) as served:
        ran = auditor("check", f"tempo+http://u:{SECRET}@{served.place}", folder=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"auditor: tempo+http://{served.place}: cannot be read: it wants to know who asks")
    assert SECRET not in ran.stderr
