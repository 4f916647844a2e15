"""CSV of spans: columns told by the header or by the user, pods, roots, units, and rows that are none."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import InputError
from auditor.telemetry.csv_layout import layout_of, wrong_columns
from auditor.telemetry.csv_records import read_records
from auditor.telemetry.read import read_spans
from auditor.telemetry.report import ReadReport
from auditor.telemetry.span_csv import service_of_pod
from tests.support.reading import Rows, rows_of
from tests.support.spans import wide

T = 1_700_000_000_000_000_000
HEADER = "TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano,Duration"
ROWS = [
    f"{'a' * 32},{'1' * 16},root,shop-7d97b69596-gfnbr,GET /basket,{T},{T + 9_000},9",
    f"{'a' * 32},{'2' * 16},{'1' * 16},users-f5756978c-6sb8t,SELECT Person,{T + 1},{T + 8_000},8",
    f"{'a' * 32},{'3' * 16},{'2' * 16},users-f5756978c-6sb8t,SELECT crm.person,{T + 2},{T + 7_000},7",
]


def rows(folder: Path, text: str | bytes, columns: dict[str, str] | None = None) -> tuple[Rows, ReadReport]:
    file = folder / "spans.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    report = ReadReport()
    found = wide(read_spans([str(file)], report, None, columns))
    return sorted(found, key=lambda row: row["span_id"]), report


def picked(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_usual_headers_need_no_mapping(tmp_path: Path) -> None:
    found, report = rows(tmp_path, "\n".join([HEADER, *ROWS]))
    assert report.inputs[0].format == "span-csv"
    assert [picked(row, "service", "parent_id", "kind", "operation") for row in found] == [
        ("shop", None, "server", "GET /basket"),
        ("users", "1" * 16, "unspecified", None),
        ("users", "2" * 16, "unspecified", None),
    ]
    assert picked(found[0], "trace_id", "start_ns", "end_ns") == ("a" * 32, T, T + 9_000)
    assert picked(found[1], "db_operation", "db_namespace", "db_collection") == ("SELECT", None, "Person")
    assert picked(found[2], "db_operation", "db_namespace", "db_collection") == ("SELECT", "crm", "person")


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress, bytes])
def test_packed_with_a_byte_order_mark_and_windows_line_ends(tmp_path: Path, pack: Any) -> None:
    found, report = rows(tmp_path, pack(b"\xef\xbb\xbf" + "\r\n".join([HEADER, *ROWS, ""]).encode()))
    assert (len(found), report.bad_count) == (3, 0)


@pytest.mark.parametrize(
    ("header", "start", "end", "lasted"),
    [
        ("startTimeMillis,duration_ms", "1700000000000", None, "5"),
        ("start_time,Duration (ms)", "1700000000", None, "5"),
        ("startTime,duration", "1700000000000000", None, "5000"),
        ("Timestamp,Duration", "2023-11-14 22:13:20.000000000", None, "5000000"),
        ("Timestamp,Duration_us", "2023-11-14T23:13:20+01:00", None, "5000"),
        ("start_time,end_time", "1.7e18", "1700000000005000000", None),
        ("start,end", "1700000000.000", "1700000000.005", None),
    ],
)
def test_units_of_times(tmp_path: Path, header: str, start: str, end: str | None, lasted: str | None) -> None:
    text = f"trace_id,span_id,parent_span_id,service_name,name,{header}\nab,1,,shop,work,{start},{end or lasted}"
    found, _ = rows(tmp_path, text)
    assert picked(found[0], "start_ns", "end_ns") == (T, T + 5_000_000)


def test_columns_that_the_user_names(tmp_path: Path) -> None:
    text = (
        f"T;S;P;Who;What;When;Took;Query;Secret\nab;1;null;shop;query;{T // 1000};5;SELECT a FROM b WHERE c = 'x9';hush"
    )
    columns = {"trace_id": "T", "span_id": "s", "parent_id": "P", "service": "Who", "operation": "What"}
    columns |= {"start_us": "When", "duration_ms": "Took", "db.query.text": "Query"}
    found, _ = rows(tmp_path, text, columns)
    assert picked(found[0], "service", "parent_id", "start_ns", "end_ns") == ("shop", None, T, T + 5_000_000)
    assert found[0]["statement"] == "SELECT a FROM b WHERE c = '?'"
    assert "hush" not in str(found)
    with pytest.raises(InputError, match="nor has it the columns"):
        rows(tmp_path, text, columns | {"kind": "Missing"})
    with pytest.raises(InputError, match="named by --columns"):
        rows(tmp_path, text)


def test_attributes_kinds_and_status(tmp_path: Path) -> None:
    header = "traceId,spanId,parentSpanId,serviceName,spanName,startTime,duration,kind,status,tags,http.route"
    cells = [
        "ab",
        "1",
        "0",
        "shop",
        "GET",
        str(T),
        "1",
        "SPAN_KIND_SERVER",
        "ERROR",
        '{"http.request.method":"PUT"}',
        "/a/{id}",
    ]
    plain = ["ab", "2", "1", "shop", "work", str(T), "1", "3", "Ok", "not json", ""]
    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), cells, plain])
    found, _ = rows(tmp_path, out.getvalue())
    assert picked(found[0], "kind", "operation", "protocol", "error") == ("server", "PUT /a/{id}", "http", True)
    assert picked(found[1], "kind", "parent_id", "error") == ("client", "1".rjust(16, "0"), False)


def test_bad_rows_cost_themselves(tmp_path: Path) -> None:
    bad = ["only,three,cells", ROWS[0].replace("a" * 32, ""), ROWS[0].replace(str(T), "soon", 1), '"never closed,1,2']
    found, report = rows(tmp_path, "\n".join([HEADER, *bad, *ROWS, 'x,"', ROWS[0].replace("1" * 16, "4" * 16)]))
    assert len(found) == 4
    assert report.bad_count == 5
    assert "soon" not in str(report.bad)
    assert "never closed" not in str(report.bad)
    assert [bad.where for bad in report.bad] == ["line 2", "line 3", "line 4", "line 5", "line 9"]


def test_a_cell_may_hold_line_ends_and_a_lone_quote(tmp_path: Path) -> None:
    quoted = ROWS[0].replace("GET /basket", '"work,\nall ""day"""')
    lone = ROWS[1].replace("SELECT Person", '5" disk')
    found, report = rows(tmp_path, "\n".join([HEADER, quoted, lone, ROWS[2]]))
    assert (len(found), report.bad_count) == (3, 0)


@pytest.mark.parametrize(
    ("pod", "service"),
    [
        ("orders-5b67c48447-fj8b7", "orders"),
        ("train-food-59bbbdd99b-b67ts", "train-food"),
        ("agent-x2vbn", "agent"),
        ("mysql-0", "mysql"),
        ("nightly-28012345-7xkqz", "nightly"),
        ("frontend", "frontend"),
        ("front-end", "front-end"),
        ("travel2-service", "travel2-service"),
    ],
)
def test_pods_lose_what_kubernetes_appends(pod: str, service: str) -> None:
    assert service_of_pod(pod) == service


def test_a_column_of_services_is_left_as_it_is(tmp_path: Path) -> None:
    header = "trace_id,span_id,parent_id,service,pod,operation,start"
    text = f"{header}\nab,1,-,shop-html5,p-0,work,{T}\nab,2,1,,mail-0,work,{T}"
    assert [row["service"] for row in rows(tmp_path, text)[0]] == ["shop-html5", "mail"]


def test_other_tables_are_no_spans(tmp_path: Path) -> None:
    assert layout_of(b"timestamp,pod,cpu\n1,2,3\n") is None
    assert layout_of(b'{"trace_id": 1, "span_id": 2}\n') is None
    (tmp_path / "metrics.csv").write_text("timestamp,pod,cpu\n1,2,3\n")
    (tmp_path / "spans.csv").write_text("\n".join([HEADER, *ROWS]))
    report = ReadReport()
    assert len(rows_of(tmp_path, report=report)) == 3
    assert report.skipped == ["metrics.csv"]


@pytest.mark.parametrize("sign", ["[", "_", "s", "m", " )"])
def test_a_header_of_a_million_signs_is_read_in_one_pass(sign: str) -> None:
    """What takes the square of its length here would take days."""
    assert layout_of(f"TraceID,SpanID,ParentID,Service,Operation,Start{sign * 1_000_000}a".encode()) is None


def test_a_mapping_is_checked() -> None:
    assert wrong_columns({"trace_id": "T", "start_ms": "S", "db.statement": "Q"}) == []
    assert len(wrong_columns({"tracee": "T", "start_h": "S", "pod": " "})) == 3


@given(st.lists(st.lists(st.text(st.sampled_from('ab,"\n\r é'), max_size=6), min_size=3, max_size=3), max_size=8))
def test_records_that_were_written_come_back(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *table])
    faults: list[str] = []
    stream = io.BufferedReader(io.BytesIO(out.getvalue().encode()))
    found = [cells for _, cells in read_records(stream, ",", 3, lambda where, what: faults.append(where))]
    assert (found, faults) == (table, [])


@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_end_well(junk: bytes) -> None:
    stream = io.BufferedReader(io.BytesIO(b"a,b,c\n" + junk + b"\n1,2,3\n"))
    found = [cells for _, cells in read_records(stream, ",", 3, lambda where, what: None)]
    assert all(len(cells) == 3 for cells in found)
    assert found[-1:] == [["1", "2", "3"]] or b'"' in junk or b"\r" in junk
