"""Nothing that was a value survives: not in a file, not on the screen, not in an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reports.documents.all import CSV as DOCUMENTS
from reports.formats import FORMATS
from tests.support.canaries import Canaries, request
from tests.support.commands import auditor


def found(canaries: Canaries, *texts: str) -> list[str]:
    everything = "\n".join(texts).lower()
    return [value for value in canaries.planted if value.lower() in everything]


def written(folder: Path) -> list[str]:
    return [path.read_text(errors="replace") for path in sorted(folder.rglob("*")) if path.is_file()]


@pytest.mark.parametrize("form", ["json", "protobuf"])
def test_no_planted_value_is_ever_seen_again(tmp_path: Path, form: str) -> None:
    canaries = Canaries()
    telemetry = tmp_path / "input" / "traces"
    telemetry.parent.mkdir()
    document = request(canaries)
    assert len(set(canaries.planted)) > 500
    telemetry.write_bytes(json.dumps(document).encode() if form == "json" else protobuf(document))
    work = tmp_path / "work"
    work.mkdir()
    audit = ["--audit", "out"]
    formats = ",".join(f"{name}=formats/{name}" for name in FORMATS)
    runs = [
        auditor("scan", str(telemetry), "--out", "out", folder=work),
        auditor("check", *audit, "--format", formats, folder=work),
        auditor("check", *audit, "--json", folder=work),
        auditor("approve", *audit, "--all", "--by", "ann", folder=work),
        auditor("check", *audit, folder=work),
        auditor("report", "out", "--format", "csv", folder=work),
        auditor("explain", "*.*", *audit, folder=work),
        auditor("draw", "out", folder=work),
        auditor("verify", "out", folder=work),
        *(auditor("report", "out", "--format", format_, folder=work) for format_ in DOCUMENTS),
    ]
    assert [run.returncode for run in runs] == [0, 1, 1, 0] + [0] * (len(runs) - 4), [run.stderr for run in runs]
    for exposure in json.loads((work / "out" / "audit.json").read_text())["exposures"]:
        runs.append(auditor("explain", exposure["id"], *audit, folder=work))
        assert runs[-1].returncode == 0, runs[-1].stderr
    assert {file.name for file in (work / "formats").iterdir()} == set(FORMATS)
    outputs = [text for run in runs for text in (run.stdout, run.stderr)]
    assert found(canaries, *outputs, *written(work)) == []
    model = json.loads((work / "out" / "audit.json").read_text())
    assert model["leaks"], "the leaks themselves must be told"
    assert any("email" in flow["category"] for flow in model["flows"]), "key names are evidence and stay"


def protobuf(document: dict[str, object]) -> bytes:
    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    text = json.dumps(document)
    for message in document["resourceSpans"]:  # type: ignore[attr-defined]
        for scope in message["scopeSpans"]:
            for span in scope["spans"]:
                for owner, key in [(span, "traceId"), (span, "spanId"), (span, "parentSpanId")]:
                    text = text.replace(f'"{key}": "{owner[key]}"', f'"{key}": "{_base64(owner[key])}"')
                for link in span["links"]:
                    for key in ("traceId", "spanId"):
                        text = text.replace(f'"{key}": "{link[key]}"', f'"{key}": "{_base64(link[key])}"')
    return ParseDict(json.loads(text), ExportTraceServiceRequest()).SerializeToString()


def _base64(hexadecimal: str) -> str:
    import base64

    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


@pytest.mark.parametrize(
    "text",
    [
        '{{"resourceSpans": [{{"resource": "{0}", "scopeSpans": 3}}]}}',
        '{{"resourceSpans": [{{"scopeSpans": [{{"spans": [{{"traceId": "{0}", "startTimeUnixNano": "{1}"}}]}}]}}]}}',
        '{{"resourceSpans": [{{"scopeSpans": [{{"spans": [{{"name": "{0}"',
        '[{{"traceId": "1", "id": "2", "name": 3, "tags": ["{0}"], "timestamp": "{1}"}}]',
        '{{"data": [{{"traceID": "x", "spans": "{0}", "processes": "{1}"}}]}}',
        "{0} {1}",
    ],
)
def test_errors_quote_nothing(tmp_path: Path, text: str) -> None:
    canaries = Canaries()
    file = tmp_path / "broken.json"
    file.write_text(text.format(canaries.email(), canaries.word()))
    run = auditor("scan", str(file), "--out", "out", folder=tmp_path)
    assert run.returncode in (0, 2)
    assert "Traceback" not in run.stderr
    file.unlink()
    assert found(canaries, run.stdout, run.stderr, *written(tmp_path)) == []


def test_broken_schema_files_and_jsonl_quote_nothing(tmp_path: Path) -> None:
    canaries = Canaries()
    ddl = tmp_path / "schema.sql"
    ddl.write_text(
        f"CREATE TABLE users (email text DEFAULT '{canaries.email()}, phone;\nCREATE nonsense '{canaries.word()}';"
    )
    spans = tmp_path / "t.json"
    spans.write_text('{"resourceSpans": []}')
    {"table": "t", "column": "c", "values": [canaries.email()]}
    runs = [
        auditor("scan", str(spans), "--schema", str(ddl), "--out", "out", folder=tmp_path),
        auditor("sql", "-", folder=tmp_path, input=f'{{"id": 1, "sql": "SELECT \'{canaries.email()}"}}\n'),
        auditor("classify", "-", folder=tmp_path, input=f"not json {canaries.email()}\n"),
        auditor(
            "classify",
            "-",
            folder=tmp_path,
            input=json.dumps({"table": "t", "column": "c", "values": [canaries.email()]}),
        ),
    ]
    assert [run.returncode for run in runs] == [0, 0, 2, 0], [run.stderr for run in runs]
    ddl.unlink()
    outputs = [text for run in runs for text in (run.stdout, run.stderr)]
    assert found(canaries, *outputs, *written(tmp_path)) == []
