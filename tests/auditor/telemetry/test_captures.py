"""The captures of real applications: equal rows from both formats, and the leaks that are known to be in them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from auditor.telemetry.report import ReadReport
from tests.support.reading import rows_of

CLINIC = Path("examples/clinic/capture")


@pytest.mark.parametrize("name", ["bank-of-anthos", "django-oscar-truncated", "django-oscar-sqlcommenter"])
def test_json_and_protobuf_give_equal_rows(shared: Path, name: str) -> None:
    folder = shared / "captures" / name
    rows = rows_of(folder / "traces.otlp.jsonl.gz")
    assert len(rows) > 2000
    assert rows == rows_of(folder / "traces.otlp.pb.gz")


def test_the_bundled_capture_gives_equal_rows() -> None:
    rows = rows_of(CLINIC / "traces.otlp.jsonl.gz")
    assert len(rows) > 100
    assert rows == rows_of(CLINIC / "traces.otlp.pb.gz")


def test_passwords_in_query_strings_are_found(shared: Path) -> None:
    rows = rows_of(shared / "captures" / "bank-of-anthos" / "traces.otlp.pb.gz")
    found = {(row["service"], leak["attribute"], leak["category"]) for row in rows for leak in row["leaks"] or ()}
    for service, attribute in (("frontend", "http.url"), ("userservice", "http.target")):
        assert (service, f"{attribute}?password", "user.authorization.password") in found
        assert (service, f"{attribute}?username", "user.account.username") in found
    assert ("contacts", "http.target", "user.account.username") in found
    assert [(row["host"], row["port"]) for row in rows if row["failed"]] == [("127.0.0.1", 9)] * 2


def test_bound_parameters_are_found(shared: Path) -> None:
    rows = rows_of(shared / "captures" / "django-oscar-sqlcommenter" / "traces.otlp.pb.gz")
    found = {(leak["attribute"], leak["category"]) for row in rows for leak in row["leaks"] or ()}
    assert ("db.statement.parameters", "user.contact.email") in found
    assert len({row["statement_id"] for row in rows}) < 400


def test_a_folder_of_traces_metrics_and_logs(shared: Path) -> None:
    report = ReadReport()
    assert len(rows_of(shared / "captures" / "bank-of-anthos", report=report)) == 2 * 6179
    assert "metrics.otlp.pb.gz (OTLP metrics, no traces)" in report.skipped
    assert "logs.otlp.pb.gz (OTLP logs, no traces)" in report.skipped
    assert report.bad_count == 0


def test_a_production_zipkin_trace_is_one_whole_graph(shared: Path) -> None:
    rows = rows_of(shared / "traces" / "smartthings-zipkin" / "smartthings-mobile-web-install.json.gz")
    ids = {row["span_id"] for row in rows}
    assert len(ids) == len(rows)
    assert {row["parent_id"] for row in rows} - ids == {None}
    assert "user.contact.email" in {leak["category"] for row in rows for leak in row["leaks"] or ()}
    assert all(row["start_ns"] for row in rows)


def test_jaeger_traces(shared: Path, tmp_path: Path) -> None:
    rows = rows_of(shared / "traces" / "xincan-jaeger" / "jaeger_traces.json.gz")
    assert len(rows) == 24
    assert {row["operation"] for row in rows if row["kind"] == "server"} == {
        "GET /user/{id}/{type}",
        "GET /order/user/{id}",
        "GET /goods/{ids}",
    }
    with tarfile.open(shared / "traces" / "crisp-cases" / "test_cases.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    assert len(rows_of(tmp_path)) == 134


def test_the_example_of_the_specification(shared: Path) -> None:
    (row,) = rows_of(shared / "traces" / "otlp-proto-example" / "trace.json")
    assert (row["trace_id"], row["operation"]) == ("5b8efff798038103d269b633813fc60c", "I'm a server span")
