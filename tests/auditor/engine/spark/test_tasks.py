"""The tasks, one after another as Spark would run them, without Spark."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from auditor.engine import shares
from auditor.engine.local import count_spans
from auditor.engine.spark.decoding import Input
from auditor.engine.spark.files import File
from auditor.engine.spark.planning import cut_in_vain, report_on, tasks_for
from auditor.engine.spark.records import LINKS, ROWS, SPANS, Record, batches_of, noted, records_of
from auditor.engine.spark.tasks import Reading, Settings, TaskFailed, add, count, read, unite
from auditor.index.models import unpack
from auditor.telemetry.pieces import Piece
from auditor.telemetry.read import find_sources, read_spans
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import ROW
from lineage.merge import total
from lineage.system import SystemModel
from tests.support.canaries import Canaries
from tests.support.canaries import request as planted

CLINIC = Path("examples/clinic/capture")


def read_all(files: Sequence[File], bits: int) -> list[Record]:
    """The records that all tasks make, in an order of chance."""
    tasks = tasks_for(files)
    records: list[Record] = []
    for number in range(len(tasks)):
        asked = pa.RecordBatch.from_pydict({"id": [number]})
        records += records_of(read(Reading(tasks, Settings(None, bits)), iter([asked])))
    random.Random(3).shuffle(records)
    return records


def counted(records: Sequence[Record], parts: int) -> SystemModel:
    """What the second stage makes of records, in so many parts."""
    aside = [record for record in records if record.kind not in (SPANS, LINKS)]
    united = list(records_of(unite(None, batches_of(aside))))
    rows = pa.BufferOutputStream()
    with pa.ipc.new_stream(rows, ROW) as writer:
        for record in united:
            if record.kind == ROWS:
                writer.write_batch(pa.ipc.read_record_batch(pa.py_buffer(record.data), ROW))
    divided: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        if record.kind in (SPANS, LINKS):
            divided[record.bucket % parts].append(record)
    shared = SimpleNamespace(value=rows.getvalue().to_pybytes())
    models: list[Record] = []
    for part in divided.values():
        models += records_of(count(shared, batches_of(sorted(part, key=lambda record: record.bucket))))
    return total(unpack(model.data) for model in records_of(add(None, batches_of(models))))


def expected(paths: Sequence[str]) -> tuple[SystemModel, ReadReport]:
    report = ReadReport()
    return count_spans(read_spans(paths, report)), report


def reported(files: Sequence[File], records: Sequence[Record]) -> ReadReport:
    return report_on(files, [noted(record.data) for record in records if record.kind == "note"])


def test_buckets_pieces_and_the_order_of_records_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole and cut files, damaged ones and foreign ones, and halves of spans that lie in two files."""
    monkeypatch.setattr(shares, "PIECE", 200_000)
    lines = gzip.decompress((CLINIC / "traces.otlp.jsonl.gz").read_bytes()).splitlines(keepends=True)
    damaged = [line if number % 9 != 5 else b"{no json\n" for number, line in enumerate(lines)]
    (tmp_path / "a.jsonl").write_bytes(b"".join(damaged)[:-5])
    (tmp_path / "b.pb.gz").write_bytes((CLINIC / "traces.otlp.pb.gz").read_bytes()[:-500])
    (tmp_path / "c.txt").write_bytes(b"nothing that we know " * 10)
    for kind in ("CLIENT", "SERVER"):
        half = {"traceId": "e" * 16, "id": "1", "kind": kind, "name": "get /x", "timestamp": 1, "duration": 5}
        half["localEndpoint"] = {"serviceName": f"zipkin-{kind.lower()}"}
        (tmp_path / f"d.{kind}.json").write_text(json.dumps([half]))
    files = find_sources([str(tmp_path)])
    assert sum(isinstance(one.what, Piece) for task in tasks_for(files) for one in task) > 3
    records = read_all(files, 3)
    assert len({record.bucket for record in records if record.kind == LINKS}) > 1
    model, report = expected([str(tmp_path)])
    assert counted(records, 5) == model
    assert reported(files, records) == report
    assert not cut_in_vain(noted(record.data) for record in records if record.kind == "note")


def test_nothing_unredacted_is_handed_to_spark(tmp_path: Path) -> None:
    canaries = Canaries()
    (tmp_path / "a.json").write_text(json.dumps(planted(canaries)))
    records = read_all(find_sources([str(tmp_path)]), 2)
    handed = b"".join(record.data for record in records)
    assert b"shop" in handed, "names are in clear, so that a value would be too"
    assert not [value for value in canaries.planted if value.encode() in handed]


def test_an_error_leaves_a_task_without_its_words(tmp_path: Path) -> None:
    gone = Piece(tmp_path / "Quillfeather.pb", 0, 9, "bare")
    reading = Reading([[Input(0, 0, gone)]], Settings(None, 1))
    with pytest.raises(TaskFailed, match=r"^FileNotFoundError at ") as caught:
        list(read(reading, iter([pa.RecordBatch.from_pydict({"id": [0]})])))
    assert "Quillfeather" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_rows_are_united(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.pb.gz").write_bytes((CLINIC / "traces.otlp.pb.gz").read_bytes())
    files = find_sources([str(tmp_path)])
    records = [record for file in files for record in read_all([file], 1)]
    [once] = records_of(unite(None, batches_of(record for record in records if record.kind == ROWS)))
    keys = pa.ipc.read_record_batch(pa.py_buffer(once.data), ROW)["row"].to_pylist()
    assert len(keys) == len(set(keys)) > 50
