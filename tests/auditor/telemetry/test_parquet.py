"""Parquet of the Collector's table says what the same spans say in OTLP; what is damaged is told, and costs itself."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import InputError
from auditor.telemetry.effects import Around, effect_of, small_numbers_count_for_nothing
from auditor.telemetry.otel_attributes import encoded, texts_of
from auditor.telemetry.read import read_spans
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import SPAN
from tests.support import otel_table, otlp
from tests.support.canaries import Canaries
from tests.support.canaries import request as canary_request
from tests.support.reading import rows_of

QUERY = {"db.system": "postgresql", "db.statement": "SELECT ssn FROM users WHERE id = 7"}


def _one(**columns: Any) -> pa.Table:
    """A table of one span, with columns put in the place of its own; None takes one away."""
    table = otel_table.table_of([otlp.request(otlp.span(1, "client", "SELECT users", QUERY))])
    for name, column in columns.items():
        name = name.replace("_", ".")
        if name in table.column_names:
            table = table.drop_columns([name])
        if column is not None:
            table = table.append_column(name, column)
    return table


@pytest.mark.parametrize("as_json", [False, True])
def test_the_clinic_reads_as_in_otlp(tmp_path: Path, as_json: bool) -> None:
    requests = otel_table.clinic()
    plain = tmp_path / "traces.jsonl"
    plain.write_text("\n".join(map(json.dumps, requests)))
    file = otel_table.write(tmp_path / "traces.parquet", otel_table.table_of(requests, as_json), row_group_size=500)
    report = ReadReport()
    rows = rows_of(file, report=report)
    assert rows == rows_of(plain)
    assert len(rows) > 1000
    assert [(i.name, i.format, i.spans) for i in report.inputs] == [("traces.parquet", "otel-parquet", len(rows))]
    assert report.inputs[0].sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert report.bad_count == 0


@pytest.mark.parametrize("as_json", [False, True])
def test_no_value_is_kept(tmp_path: Path, as_json: bool) -> None:
    canaries = Canaries()
    table = otel_table.table_of([canary_request(canaries)], as_json)
    shown = repr(rows_of(otel_table.write(tmp_path / "canaries.parquet", table)))
    assert not [value for value in canaries.planted if value in shown]


def test_events_and_links_may_be_lists_of_structs(tmp_path: Path) -> None:
    link, event = {"TraceId": "ab" * 16, "SpanId": "cd" * 8}, {"Name": "exception", "Attributes": [("who", "x@y.test")]}
    attributes = pa.map_(pa.string(), pa.string())
    events = pa.array([[event]], pa.list_(pa.struct([("Name", pa.string()), ("Attributes", attributes)])))
    links = pa.array([[link]], pa.list_(pa.struct([("TraceId", pa.string()), ("SpanId", pa.string())])))
    flattened = ("Events.Timestamp", "Events.Name", "Events.Attributes", "Links.TraceId", "Links.SpanId")
    table = _one(**dict.fromkeys(name.replace(".", "_") for name in flattened), Events=events, Links=links)
    (row,) = rows_of(otel_table.write(tmp_path / "nested.parquet", table))
    assert row["links"] == [{"trace_id": "ab" * 16, "span_id": "cd" * 8}]
    assert {"attribute": "who", "category": "user.contact.email"} in row["leaks"]


def test_a_service_that_only_the_column_names(tmp_path: Path) -> None:
    nobody = pa.array([[]], pa.map_(pa.string(), pa.string()))
    table = _one(ResourceAttributes=nobody, ServiceName=pa.array(["billing"]))
    assert [row["service"] for row in rows_of(otel_table.write(tmp_path / "t", table))] == ["billing"]


def test_only_four_columns_are_needed(tmp_path: Path) -> None:
    table = _one().select(["Timestamp", "TraceId", "SpanId", "SpanName"])
    (row,) = rows_of(otel_table.write(tmp_path / "t", table))
    assert (row["span_id"], row["service"], row["kind"]) == (f"{1:016x}", "unknown_service", "unspecified")


def test_other_types_of_columns(tmp_path: Path) -> None:
    seconds = pa.array([1_700_000_000], pa.timestamp("s"))
    status, name = pa.array(["STATUS_CODE_ERROR"]).dictionary_encode(), pa.array([b"caf\xe9"])
    table = _one(Timestamp=seconds, StatusCode=status, SpanName=name, SpanKind=pa.array(["SPAN_KIND_CLIENT"]))
    table = table.set_column(table.column_names.index("Duration"), "Duration", pa.array([-5]))
    (row,) = rows_of(otel_table.write(tmp_path / "t", table))
    assert (row["start_ns"], row["end_ns"]) == (1_700_000_000 * 10**9,) * 2
    assert (row["error"], row["kind"]) == (True, "client")


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"SpanAttributes": pa.array(["[1]"])}, "attributes that are no JSON object"),
        ({"SpanAttributes": pa.array(["{"])}, "attributes that are no JSON object"),
        ({"TraceId": pa.array([""])}, "a span without a trace id or span id"),
        ({"SpanId": pa.array(["0" * 16])}, "a span without a trace id or span id"),
        ({"Timestamp": pa.array(["yesterday"])}, "1 rows whose columns are not"),
        ({"SpanAttributes": pa.array([1.5])}, "1 rows whose columns are not"),
        ({"Links_SpanId": pa.array([[]], pa.list_(pa.string())), "Links_TraceId": pa.array([["ab"]])}, "1 rows whose"),
        ({"SpanAttributes": pa.array([[5]])}, "1 rows whose columns are not"),
        ({"SpanAttributes": pa.array([[{"k": "a", "v": "b"}]])}, "1 rows whose columns are not"),
        ({"Events": pa.array([7]), "Events_Name": None}, "1 rows whose columns are not"),
    ],
)
def test_what_is_no_span_is_told(tmp_path: Path, columns: dict[str, Any], told: str) -> None:
    report = ReadReport()
    rows_of(otel_table.write(tmp_path / "t", _one(**columns)), report=report)
    assert [bad.where for bad in report.bad] == ["row group 1"]
    assert report.bad[0].what.startswith(told)


def test_a_damaged_row_group_costs_itself(tmp_path: Path) -> None:
    table = otel_table.table_of(otel_table.clinic())
    file = otel_table.write(tmp_path / "t", table, row_group_size=400, compression="zstd")
    groups = pq.ParquetFile(file).metadata
    column = groups.row_group(1).column(0)
    data = bytearray(file.read_bytes())
    data[column.data_page_offset : column.data_page_offset + 200] = b"\xff" * 200
    file.write_bytes(data)
    report = ReadReport()
    rows = rows_of(file, report=report)
    assert len(rows) == len(table) - 400
    assert [(bad.where, bad.what) for bad in report.bad] == [("row group 2", "is damaged")]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda data: data[:-9], "damaged or cut off"),
        (lambda data: data[:40], "damaged or cut off"),
        (lambda data: gzip.compress(data), "cannot be read as a stream"),
        (lambda data: _other_table(), "without the columns Timestamp, TraceId, SpanId, SpanName"),
    ],
)
def test_what_is_no_span_table_is_refused(tmp_path: Path, make: Any, told: str) -> None:
    file = otel_table.write(tmp_path / "t.parquet", _one())
    file.write_bytes(make(file.read_bytes()))
    with pytest.raises(InputError, match=told):
        rows_of(file)


def test_standard_input_cannot_be_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    data = otel_table.write(tmp_path / "t", _one()).read_bytes()
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": Pipe(data)}))
    with pytest.raises(InputError, match="name the file"):
        rows_of("-")


def test_other_files_of_a_folder_are_skipped(tmp_path: Path) -> None:
    otel_table.write(tmp_path / "spans.parquet", _one())
    (tmp_path / "other.parquet").write_bytes(_other_table())
    report = ReadReport()
    assert len(rows_of(tmp_path, report=report)) == 1
    assert report.skipped == ["other.parquet"]


def test_an_index_outside_its_dictionary_is_not_followed() -> None:
    wild = pa.DictionaryArray.from_arrays(pa.array([0, 7]), pa.array(["a"]), safe=False)
    for read in (encoded, texts_of):
        with pytest.raises(pa.ArrowInvalid):
            read(wild)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=20))
def test_changed_bytes_end_in_spans_or_words(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    file = tmp_path / "changed.parquet"
    data = bytearray(_sample(tmp_path))
    for place, byte in changes:
        data[place % (len(data) - 4) + 4] = byte
    file.write_bytes(data)
    report = ReadReport()
    try:
        batches = list(read_spans([str(file)], report))
    except InputError:
        return
    assert all(batch.spans.schema == SPAN for batch in batches)


def _sample(folder: Path) -> bytes:
    file = folder / "sample.parquet"
    if not file.exists():
        otel_table.write(file, otel_table.table_of(otel_table.clinic()[:1]))
    return file.read_bytes()


def _other_table() -> bytes:
    data = io.BytesIO()
    pq.write_table(pa.table({"id": [1]}), data)
    return data.getvalue()


@settings(deadline=None)
@given(
    key=st.sampled_from(["thread.id", "app.items", "app.ssn", "age", "http.status_code", "db.rows", "user.id", "ssn"]),
    number=st.integers(1, 10**6 - 1),
)
def test_short_numbers_that_are_taken_for_another_show_the_same(key: str, number: int) -> None:
    """Attributes come as texts: one number stands for all short ones where no rule looks at numbers."""
    if small_numbers_count_for_nothing(key):
        assert effect_of(key, str(number), "", Around()) == effect_of(key, "1", "", Around())
