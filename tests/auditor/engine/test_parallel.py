"""Several processes give the model and the report that one gives; what goes wrong in them is told."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from auditor.engine import parallel, shares
from auditor.engine.local import count_inputs
from auditor.engine.pool import pool
from auditor.errors import InputError
from auditor.telemetry.pieces import cut
from auditor.telemetry.report import ReadReport
from lineage.system import SystemModel
from tests.support.otlp import protobuf, request, span

PIECE = 200_000
CLINIC = Path("examples/clinic/capture")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is worth several processes, and pieces are small."""
    monkeypatch.setattr(parallel, "_WORTH", 0)
    monkeypatch.setattr(shares, "PIECE", PIECE)


def counted(folder: Path, jobs: int) -> tuple[SystemModel, ReadReport]:
    report = ReadReport()
    steps: list[tuple[int, int]] = []
    model = count_inputs([str(folder)], report, lambda done, total: steps.append((done, total)), None, jobs)
    assert steps[-1] == (report.bytes_read, sum(file.stat().st_size for file in folder.iterdir()))
    return model, report


def varint(number: int) -> bytes:
    digits = b""
    while number > 0x7F:
        digits += bytes([number & 0x7F | 0x80])
        number >>= 7
    return digits + bytes([number])


@pytest.mark.usefixtures("small")
def test_processes_and_pieces_change_nothing(tmp_path: Path) -> None:
    """Whole, cut, damaged, empty and foreign files, and spans that lie in two of them."""
    lines = gzip.decompress((CLINIC / "traces.otlp.jsonl.gz").read_bytes()).splitlines(keepends=True)
    packed = gzip.decompress((CLINIC / "traces.otlp.pb.gz").read_bytes())
    nameless = b"".join(varint(len(one)) + one for one in [protobuf(request({"name": "no ids"}))])
    damaged = [line if number % 9 != 5 else b"{no json\n" for number, line in enumerate(lines)]
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    (tmp_path / "b.jsonl").write_bytes(b"".join(damaged)[:-5])
    (tmp_path / "c.pb").write_bytes(packed + nameless + packed[: len(packed) // 2])
    (tmp_path / "d.pb.gz").write_bytes(gzip.compress(packed[:100_000]))
    (tmp_path / "e.txt").write_bytes(b"nothing that we know " * 50_000)
    (tmp_path / "f.json").write_text(json.dumps([{"traceId": "1", "id": str(n)} for n in range(1, 9)]))
    assert len(cut(tmp_path / "b.jsonl", PIECE)) > 3
    assert len(cut(tmp_path / "c.pb", PIECE)) > 2
    one, two = counted(tmp_path, 1), counted(tmp_path, 2)
    assert two == one
    model, report = one
    assert (len(report.inputs), report.skipped, model.duplicates > 1000) == (5, ["e.txt"], True)
    assert report.bad_count > 10
    assert {bad.where.split()[0] for bad in report.bad} == {"line", "byte"}


@pytest.mark.usefixtures("small")
def test_a_file_that_only_begins_as_lines_of_otlp_is_read_in_one(tmp_path: Path) -> None:
    """Its pieces hold halves of Zipkin's spans, and nothing that is known."""
    first = json.dumps(request(span(1, "server", "GET /")))
    halves = [{"traceId": "1", "id": str(n), "kind": kind} for kind in ("CLIENT", "SERVER") for n in range(1, 3000)]
    zipkin = map(json.dumps, halves)
    (tmp_path / "mixed.jsonl").write_text("\n".join([first, *zipkin]))
    assert counted(tmp_path, 2) == counted(tmp_path, 1)


@pytest.mark.usefixtures("small")
def test_what_is_wrong_with_an_input_is_told_as_by_one_process(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"nothing that we know")
    for path, message in ((tmp_path / "a.txt", "is of no known format"), (tmp_path, "no traces found")):
        with pytest.raises(InputError, match=message):
            count_inputs([str(path)], ReadReport(), None, None, 2)


def test_a_process_that_is_ended_is_told(tmp_path: Path) -> None:
    with pool(2, "auditor.engine.worker", print, (), lambda: None) as processes:
        results = processes.results(os._exit, [3])
        with pytest.raises(InputError, match="ended by the system"):
            next(results)


def test_processes_end_with_the_work(tmp_path: Path) -> None:
    """Whatever they are at: leaving does not wait for it."""
    with pool(1, "auditor.engine.worker", print, (), lambda: None) as processes:
        [pid] = processes.results(eval, ["__import__('os').getpid()"])
        processes.results(eval, ["__import__('time').sleep(600)"])
    assert not Path(f"/proc/{pid}").exists()
