"""The Collector's table in a real ClickHouse engine says what its spans say in OTLP."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from auditor.errors import InputError
from auditor.telemetry.report import ReadReport
from auditor.telemetry.trace_stores import clickhouse_sql
from auditor.telemetry.trace_stores.question import Question
from auditor.telemetry.trace_stores.read import read_store
from tests.support import otel_table, otlp
from tests.support.clickhouse import ClickHouse, clickhouse
from tests.support.reading import Rows, rows_of
from tests.support.spans import wide
from tests.support.web import Answer, serving

MINUTE = 60 * 10**9
START = 1_700_000_000 * 10**9 // MINUTE * MINUTE
CLINIC = otel_table.clinic()
WHOLE = Question(0, 2**62)


@pytest.fixture(scope="module")
def server() -> Iterator[ClickHouse]:
    with clickhouse() as running:
        running.run("CREATE DATABASE otel")
        for name, attributes in (("otel_traces", "Map(LowCardinality(String), String)"), ("as_json", "JSON")):
            running.run(otel_table.create(f"otel.{name}", attributes))
            _insert(running, f"otel.{name}", otel_table.table_of(CLINIC, as_json=attributes == "JSON"))
        running.run(otel_table.create("otel.edges"))
        _insert(running, "otel.edges", otel_table.table_of([_edges()]))
        running.run("CREATE TABLE otel.other (id UInt64) ENGINE = Memory")
        yield running


def _insert(server: ClickHouse, table: str, rows: pa.Table) -> None:
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        otel_table.write(Path(file.name), rows)
        columns = ", ".join(f"`{name}`" for name in rows.column_names)
        server.run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM file('{file.name}', 'Parquet')")


def _edges() -> dict[str, object]:
    """Traces of two services around the ten minutes that begin at START, a span a minute each."""
    requests = []
    for trace, (service, minutes) in enumerate({"shop": range(-20, 30, 2), "mail": range(-3, 2)}.items(), start=1):
        for minute in minutes:
            at = str(START + minute * MINUTE)
            own = {"traceId": f"{trace:032x}", "startTimeUnixNano": at, "endTimeUnixNano": at}
            span = otlp.span(1000 * trace + 100 + minute, "server", "GET /", **own)
            requests += otlp.request(span, resource={"service.name": service})["resourceSpans"]
    return {"resourceSpans": requests}


def _read(server: ClickHouse, path: str, question: Question = WHOLE) -> tuple[Rows, ReadReport]:
    report = ReadReport()
    batches = list(read_store(f"{server.url}/{path}", question, report))
    return sorted(wide(batches), key=lambda row: (row["trace_id"], row["span_id"])), report


@pytest.mark.parametrize(
    ("path", "most"), [("otel", 50_000), ("otel", 60), ("otel?table=as_json", 50_000), ("otel?table=as_json", 300)]
)
def test_the_clinic_reads_as_in_otlp(
    server: ClickHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    monkeypatch.setattr(clickhouse_sql, "_PAGE", most)
    plain = tmp_path / "traces.jsonl"
    plain.write_text("\n".join(map(json.dumps, CLINIC)))
    rows, report = _read(server, path)
    assert rows == rows_of(plain)
    assert report.bad_count == 0
    (told,) = report.inputs
    table = path.partition("=")[2] or "otel_traces"
    assert told.name.startswith(f"clickhouse://127.0.0.1:{server.port}/otel/{table} from ")
    assert (told.sha256, told.format, told.spans) == ("", "clickhouse", len(rows))


def _minutes(rows: Rows) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in sorted(rows, key=lambda row: int(row["start_ns"])):
        found.setdefault(row["service"], []).append((row["start_ns"] - START) // MINUTE)
    return found


def test_traces_that_cross_an_edge_of_the_period_are_whole_nearby(server: ClickHouse) -> None:
    rows, _ = _read(server, "otel?table=edges", Question(START, START + 10 * MINUTE))
    assert _minutes(rows) == {"shop": list(range(-10, 20, 2)), "mail": [-3, -2, -1, 0, 1]}


def test_only_traces_with_the_services_that_are_asked_for(server: ClickHouse) -> None:
    rows, report = _read(server, "otel?table=edges", Question(START, START + 10 * MINUTE, ("mail", "no'body")))
    assert _minutes(rows) == {"mail": [-3, -2, -1, 0, 1]}
    assert report.inputs[0].name.endswith("of mail, no'body")
    with pytest.raises(InputError, match="no spans from 2023"):
        _read(server, "otel?table=edges", Question(START, START + 10 * MINUTE, ("nobody",)))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("otel?table=absent", "no such table"),
        ("absent", "no such (table|database)"),
        ("otel?table=other", "not the Collector's table of spans"),
        ("otel?table=%60%3B+DROP+TABLE+otel_traces", "no such table"),
    ],
)
def test_what_is_not_there(server: ClickHouse, path: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        _read(server, path)


def test_a_wrong_password_is_said_and_not_shown(server: ClickHouse) -> None:
    url = f"clickhouse://reader:Quillfeather@127.0.0.1:{server.port}/otel"
    with pytest.raises(InputError, match="refuses this user or password") as told:
        list(read_store(url, WHOLE, ReadReport()))
    assert "Quillfeather" not in str(told.value)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"Quillfeather", 302, {"Location": "http://127.0.0.1:1/"}),
        Answer(b"Quillfeather"),
        Answer(b"Code: 999. Quillfeather", 500),
    ],
)
def test_what_is_no_clickhouse_is_asked_a_few_times(
    answer: Answer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("clickhouse_connect")
    monkeypatch.setattr("auditor.telemetry.trace_stores.clickhouse._PAUSE", 0)
    with serving(lambda _: answer) as served, pytest.raises(InputError, match="cannot be read") as told:
        list(read_store(f"clickhouse://{served.place}", WHOLE, ReadReport()))
    assert "Quillfeather" not in str(told.value) + "".join(capfd.readouterr())
