"""The engine inside a real Spark, on two threads of this machine: the local engine's audit, byte for byte."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from auditor.cli import run
from auditor.engine.local import count_inputs as count_here
from auditor.engine.spark.cluster import Cluster, read_cluster
from auditor.errors import AuditorError
from auditor.telemetry.report import ReadReport
from lineage.system import SystemModel
from tests.support.canaries import Canaries
from tests.support.canaries import request as planted
from tests.support.otlp import request, span

_HAS_JAVA = shutil.which("java", path=os.environ.get("JAVA_HOME", "") + "/bin") or shutil.which("java")
_HAS_SPARK = importlib.util.find_spec("pyspark") and importlib.util.find_spec("pandas")
pytestmark = [
    pytest.mark.spark,
    pytest.mark.xdist_group("spark"),
    pytest.mark.skipif(not _HAS_JAVA, reason="Spark needs Java 17 or later, which is not here"),
    pytest.mark.skipif(not _HAS_SPARK, reason="Spark is not here: pip install 'privacy-auditor[spark]'"),
]
CLINIC = Path("examples/clinic/capture")
SETTINGS = [
    "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # it does not live for long
    "spark.sql.shuffle.partitions=2",
    "spark.sql.adaptive.enabled=false",
]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Sockets between Python and Java are closed when they are collected; nothing else may warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


def cluster(*settings: str) -> Cluster:
    found = read_cluster("spark", "local[2]", [*SETTINGS, *settings])
    assert found is not None
    return found


def counted(paths: list[str], *settings: str) -> tuple[SystemModel, ReadReport]:
    from auditor.engine.spark.entry import count_in

    report = ReadReport()
    return count_in(cluster(*settings), paths, report, None, None), report


def zipkin(kind: str) -> str:
    end = {"serviceName": f"zipkin-{kind.lower()}"}
    half = {"traceId": "e" * 16, "id": "1", "kind": kind, "name": "get /x", "timestamp": 1, "duration": 5}
    return json.dumps([half | {"localEndpoint": end}])


def jaeger() -> str:
    own = {"traceID": "abc", "spanID": "1", "operationName": "GET /y", "startTime": 1, "duration": 5, "processID": "p"}
    tags = [{"key": "span.kind", "type": "string", "value": "server"}]
    return json.dumps(
        {"data": [{"traceID": "abc", "spans": [own | {"tags": tags}], "processes": {"p": {"serviceName": "j"}}}]}
    )


def every_format(folder: Path) -> None:
    """Files of each format and compression, damaged and foreign ones, spans of one trace in several."""
    (folder / "a.jsonl.gz").write_bytes((CLINIC / "traces.otlp.jsonl.gz").read_bytes())
    (folder / "b.pb.zst").write_bytes(
        zstandard.compress(gzip.decompress((CLINIC / "traces.otlp.pb.gz").read_bytes())[:200_000])
    )
    (folder / "c.zipkin.json").write_text(zipkin("CLIENT"))
    (folder / "d.zipkin.json").write_text(zipkin("SERVER"))
    (folder / "e.jaeger.json").write_text(jaeger())
    csv = "traceID,spanID,parentID,service,operation,startTime\n" + f"{'a' * 32},{'b' * 16},,csv,GET /z,1700000000\n"
    (folder / "f.csv").write_text(csv)
    (folder / "g.txt").write_text("nothing that we know")


def test_the_audit_is_that_of_the_local_engine(tmp_path: Path) -> None:
    folder, log = tmp_path / "traces", tmp_path / "events"
    folder.mkdir(), log.mkdir()
    every_format(folder)
    canaries = Canaries()
    (folder / "z.json").write_text(json.dumps(planted(canaries)))
    options = [f"--spark-conf={setting}" for setting in SETTINGS]
    options += [
        "--spark-conf=spark.eventLog.enabled=true",
        "--spark-conf=spark.eventLog.compress=false",
        f"--spark-conf=spark.eventLog.dir=file://{log}",
    ]
    options += ["--engine", "spark", "--master", "local[2]"]
    scan = ["scan", str(folder), "--schema", str(CLINIC / "schema.sql"), "--quiet"]
    assert run([*scan, "--out", str(tmp_path / "here")]) == 0
    assert run([*scan, *options, "--out", str(tmp_path / "there")]) == 0
    here, there = (Path(tmp_path, name, "audit.json").read_bytes() for name in ("here", "there"))
    assert there == here
    formats = {"otlp-json", "otlp-protobuf", "zipkin-json", "jaeger-json", "span-csv"}
    assert {one["format"] for one in json.loads(here)["scope"]["inputs"]} >= formats
    events = b"".join(file.read_bytes() for file in log.rglob("*") if file.is_file())
    assert b"MapInArrow" in events, "what Spark did is told in clear"
    assert not [value for value in canaries.planted if value.encode() in events]


def test_files_that_spark_reads_and_what_it_leaves_on_disk(tmp_path: Path) -> None:
    """By an address that is no path of this machine; the folder's name holds what patterns are made of."""
    from auditor.engine.spark.count import count_files
    from auditor.engine.spark.listing import find_files
    from auditor.engine.spark.session import session

    folder, work = tmp_path / "traces" / "day [1]", tmp_path / "work"
    folder.mkdir(parents=True), work.mkdir()
    canaries = Canaries()
    (folder / "a.json").write_text(json.dumps(planted(canaries)))
    (folder / "b.pb.gz").write_bytes((CLINIC / "traces.otlp.pb.gz").read_bytes())
    (folder / "c.txt").write_text("nothing that we know")
    clear = ["spark.rdd.compress=false", "spark.shuffle.compress=false", "spark.broadcast.compress=false"]
    mounted = f"spark.hadoop.fs.viewfs.mounttable.test.link./data=file://{tmp_path}/traces"
    there = ReadReport()
    with session(cluster(*clear, mounted, f"spark.local.dir={work}")) as spark:
        model = count_files(spark, find_files(spark, ["viewfs://test/data/*"]), there)
        left = b"".join(file.read_bytes() for file in work.rglob("*") if file.is_file())
    here = ReadReport()
    assert model == count_here([str(folder)], here)
    assert there == here
    assert b"SELECT" in left, "statements are there in clear, so that a value would be too"
    assert not [value for value in canaries.planted if value.encode() in left]


def test_files_that_were_cut_in_vain_are_read_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from auditor.engine import shares

    monkeypatch.setattr(shares, "PIECE", 100_000)
    halves = [{"traceId": "1", "id": str(n), "kind": kind} for kind in ("CLIENT", "SERVER") for n in range(1, 3000)]
    lines = [json.dumps(request(span(1, "server", "GET /"))), *map(json.dumps, halves)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    (tmp_path / "b.json").write_text(json.dumps(request(span(2, "server", "GET /b"))))
    report = ReadReport()
    assert counted([str(tmp_path)]) == (count_here([str(tmp_path)], report, jobs=1), report)


def test_failures_are_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from auditor.engine.spark import count
    from auditor.engine.spark.decoding import Input
    from auditor.telemetry.pieces import Piece

    (tmp_path / "a.txt").write_text("Quillfeather")
    with pytest.raises(AuditorError, match=r"a\.txt: is of no known format"):
        counted([str(tmp_path / "a.txt")])
    for address, words in (("file:///nothing-here*", "no such file"), ("gopher://a/b", r"no reader .* \(gopher\)")):
        with pytest.raises(AuditorError, match=words):
            counted([address])
    gone = [[Input(0, 0, Piece(tmp_path / "Quillfeather.pb", 0, 9, "bare"))]]
    monkeypatch.setattr(count, "tasks_for", lambda files: gone)
    with pytest.raises(AuditorError, match=r"FileNotFoundError at .*auditor-spark-.*\.log") as caught:
        counted([str(tmp_path / "a.txt")])
    told = str(caught.value) + "".join(capfd.readouterr())
    assert "Quillfeather" not in told
    assert "Traceback" not in told


def test_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(AuditorError, match="needs Java 17"):
        counted([str(CLINIC)])
