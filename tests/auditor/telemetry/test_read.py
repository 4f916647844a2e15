"""The entry: files, folders, standard input, compression, progress and errors."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest
import zstandard

from auditor.errors import InputError
from auditor.telemetry import build, compression, otlp_columns, rows, sharing
from auditor.telemetry.raw import RawSpan
from auditor.telemetry.read import read_spans
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import ROW, SPAN
from tests.support.otlp import protobuf, request, span
from tests.support.reading import rows_of

LINES = "".join(json.dumps(request(span(number, "internal", "x"))) + "\n" for number in range(1, 40)).encode()


def test_batches_report_and_progress(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.jsonl").write_bytes(LINES)
    (tmp_path / "sub" / "b.pb").write_bytes(protobuf(request(span(99, "internal", "x"))))
    report, steps = ReadReport(), []
    batches = list(read_spans([str(tmp_path)], report, lambda done, total: steps.append((done, total))))
    assert all(batch.spans.schema.equals(SPAN) and batch.rows.schema.equals(ROW) for batch in batches)
    assert [(i.name, i.format, i.spans) for i in report.inputs] == [
        ("a.jsonl", "otlp-json", 39),
        ("b.pb", "otlp-protobuf", 1),
    ]
    assert report.inputs[0].sha256 == hashlib.sha256(LINES).hexdigest()
    assert steps[-1] == (report.bytes_read, report.bytes_read)
    assert report.bytes_read == sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    "data",
    [
        LINES,
        gzip.compress(LINES),
        gzip.compress(LINES[:5000]) + gzip.compress(LINES[5000:]) + b"\0" * 512,
        zstandard.compress(LINES),
        zstandard.compress(LINES[:5000]) + zstandard.compress(LINES[5000:]),
    ],
    ids=["plain", "gzip", "gzip members", "zstd", "zstd frames"],
)
def test_compression(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "spans"
    file.write_bytes(data)
    report = ReadReport()
    assert len(rows_of(file, report=report)) == 39
    assert report.bad == []
    assert report.inputs[0].sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("method", ["gzip", "zstd"])
def test_a_cut_off_file_keeps_what_came_before(tmp_path: Path, method: str) -> None:
    file = tmp_path / "spans"
    data = gzip.compress(LINES * 50) if method == "gzip" else zstandard.compress(LINES * 50, 19)
    if method == "zstd":  # blocks of their own, so that something comes out before the cut
        compressor = zstandard.ZstdCompressor().compressobj()
        data = b"".join(
            compressor.compress(LINES) + compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK) for _ in range(50)
        )
    file.write_bytes(data[: len(data) * 2 // 3])
    report = ReadReport()
    assert len(rows_of(file, report=report)) > 100
    assert f"the {method} data ends before it is complete" in [bad.what for bad in report.bad]


def test_damaged_and_trailing_bytes(tmp_path: Path) -> None:
    file = tmp_path / "spans"
    file.write_bytes(gzip.compress(LINES) + b"trailing words")
    report = ReadReport()
    assert len(rows_of(file, report=report)) == 39
    assert "follow" in report.bad[-1].what
    file.write_bytes(b"\x1f\x8b" + b"nonsense")
    with pytest.raises(InputError, match="damaged"):
        rows_of(file)


@pytest.mark.parametrize("data", [gzip.compress(LINES), gzip.compress(LINES)[:-5] + b"wrong"], ids=["whole", "damaged"])
def test_without_isal_the_standard_library_inflates(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with_isal, without = compression.Plain(io.BytesIO(data)), compression.Plain(io.BytesIO(data))
    expected = with_isal.read(1 << 20), with_isal.problem
    monkeypatch.setattr(compression, "gzip_library", zlib)
    assert (without.read(1 << 20), without.problem) == expected


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_FREE", 1 << 20)
    for data in (gzip.compress(b"\n" * (8 << 20)), zstandard.compress(b"\n" * (8 << 20))):
        plain = compression.Plain(io.BytesIO(data))
        produced = 0
        while chunk := plain.read(1 << 16):
            produced += len(chunk)
        assert produced < 8 << 20
        assert "500 times" in str(plain.problem)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(zlib.compress(LINES, wbits=31))))
    assert len(rows_of("-")) == 39


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file"),
        (b"", "is empty"),
        (b"a,b,c\n1,2,3\n", "no known format"),
        (b'{"secret": "s3cr3t"}', "no known trace format"),
        (b'{"secret": "s3cr3t"', "not complete JSON"),
        (b"\xff" * 5000, "no known format"),
        (b"\x0a\x02\x0a\x00", "no known format"),
    ],
)
def test_what_was_named_and_holds_no_traces(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "spans.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=says) as caught:
        rows_of(file)
    assert "spans.json" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_paths_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        rows_of("a\0b")
    with pytest.raises(InputError, match="no traces found"):
        rows_of(tmp_path)


def test_many_bad_records_are_counted_and_few_kept(tmp_path: Path) -> None:
    file = tmp_path / "spans"
    file.write_bytes(LINES + b"{\n" * 250)
    report = ReadReport()
    rows_of(file, report=report)
    assert (len(report.bad), report.bad_count) == (100, 250)


def test_open_text(tmp_path: Path) -> None:
    file = tmp_path / "schema.sql.gz"
    file.write_bytes(gzip.compress(b"CREATE TABLE t (a int);"))
    assert compression.open_text(file) == b"CREATE TABLE t (a int);"
    file.write_bytes(gzip.compress(b"CREATE TABLE t (a int);")[:-4])
    with pytest.raises(InputError, match="ends before"):
        compression.open_text(file)
    with pytest.raises(InputError, match="cannot be read"):
        compression.open_text(tmp_path)


@pytest.mark.parametrize("form", ["json", "protobuf"])
def test_a_span_that_we_fail_on_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    original = build.row_of

    def fragile(raw: RawSpan) -> build.Row:
        if raw.name == "second":
            raise ZeroDivisionError("a value of the input")
        return original(raw)

    for module in (rows, sharing, otlp_columns):
        monkeypatch.setattr(module, "row_of", fragile)
    monkeypatch.setattr(rows.numbered, "__defaults__", (1, fragile))
    file = tmp_path / "t"
    document = request(*(span(n, "server", name) for n, name in enumerate(("first", "second", "third"), start=1)))
    file.write_bytes(json.dumps(document).encode() if form == "json" else protobuf(document))
    report = ReadReport()
    assert sum(batch.num_rows for batch in read_spans([str(file)], report)) == 2
    [bad] = report.bad
    assert (bad.where, bad.what) == ("span 2", "an error of the auditor's own (ZeroDivisionError)")
