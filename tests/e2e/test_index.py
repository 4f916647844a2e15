"""The index as a user meets it: what it keeps gives the audit that the input itself would have given."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.test_redaction import found, protobuf
from tests.support.canaries import Canaries, request
from tests.support.commands import CAPTURE, CLINIC, auditor

TRACES = CAPTURE / "traces.otlp.jsonl.gz"
SETTINGS = ("--schema", str(CAPTURE), "--config", str(CLINIC / "auditor.toml"))


def audit(folder: Path, name: str) -> dict[str, object]:
    read: dict[str, object] = json.loads((folder / name / "audit.json").read_text())
    return read


def test_an_audit_of_the_index_is_that_of_the_input(tmp_path: Path) -> None:
    runs = [
        auditor("index", str(TRACES), "--store", "kept", folder=tmp_path),
        auditor("index", str(TRACES), "--store", "kept", "--json", folder=tmp_path),
        auditor("scan", "--store", "kept", *SETTINGS, "--out", "a", "--quiet", folder=tmp_path),
        auditor("scan", str(TRACES), *SETTINGS, "--out", "b", "--quiet", folder=tmp_path),
    ]
    assert [run.returncode for run in runs] == [0, 0, 0, 0], [run.stderr for run in runs]
    assert "Added 1,184 spans of 1 new file; 0 files" in runs[0].stdout
    assert json.loads(runs[1].stdout)["files_known"] == 1
    assert (tmp_path / "a" / "audit.json").read_bytes() == (tmp_path / "b" / "audit.json").read_bytes()


def test_what_could_not_be_read_is_told_by_the_index_too(tmp_path: Path) -> None:
    folder = tmp_path / "traces"
    folder.mkdir()
    shutil.copy(TRACES, folder / "a.gz")
    (folder / "b.json").write_text('{"resourceSpans": []}\n{"resourceSpans": [\n{"resourceSpans": []}\n')
    (folder / "notes.txt").write_text("no telemetry")
    runs = [
        auditor("index", "traces", "--store", "kept", folder=tmp_path),
        auditor("scan", "--store", "kept", "--out", "a", folder=tmp_path),
        auditor("scan", "traces", "--out", "b", folder=tmp_path),
    ]
    assert [run.returncode for run in runs] == [0, 0, 0], [run.stderr for run in runs]
    kinds = {gap["kind"] for gap in audit(tmp_path, "a")["gaps"]}  # type: ignore[attr-defined]
    assert {"bad_record", "unread_file"} <= kinds
    assert (tmp_path / "a" / "audit.json").read_bytes() == (tmp_path / "b" / "audit.json").read_bytes()


def test_periods(tmp_path: Path) -> None:
    auditor("index", str(TRACES), "--store", "kept", folder=tmp_path)
    scope = ("scan", "--store", "kept", "--out", "part")
    whole = auditor(*scope, "--from", "2026-11-25T22:00Z", "--to", "2026-11-25T23:00Z", folder=tmp_path)
    assert whole.returncode == 0
    assert audit(tmp_path, "part")["scope"]["spans"] == 1184  # type: ignore[index]
    part = auditor(*scope, "--to", "2026-11-25T22:52:40Z", folder=tmp_path)
    assert part.returncode == 0
    assert 0 < audit(tmp_path, "part")["scope"]["spans"] < 1184  # type: ignore[index]
    none = auditor(*scope, "--to", "2020-01-01", folder=tmp_path)
    assert (none.returncode, "no traces begin in that period; it holds 2026-11-25T22:00:00Z" in none.stderr) == (
        2,
        True,
    )
    dropped = auditor("index", "--store", "kept", "--expire", "--keep-spans", "0d", folder=tmp_path)
    if "the spans of 1 hour" in dropped.stdout:  # unless this clock stands before the capture's
        gone = auditor(*scope, "--from", "2026-11-25T22:30Z", folder=tmp_path)
        assert (gone.returncode, "only whole hours can be told" in gone.stderr) == (2, True)


def test_the_gate_reads_the_index(tmp_path: Path) -> None:
    auditor("index", str(TRACES), "--store", "kept", folder=tmp_path)
    runs = [auditor("check", *source, "--json", folder=tmp_path) for source in ((str(TRACES),), ("--store", "kept"))]
    assert runs[0] == runs[1]
    assert runs[0].returncode == 1


def test_what_the_index_shows_is_approved_from_it(tmp_path: Path) -> None:
    auditor("index", str(TRACES), "--store", "kept", folder=tmp_path)
    assert auditor("init", "--store", "kept", "--empty", folder=tmp_path).returncode == 0
    assert auditor("approve", "--store", "kept", "--all", folder=tmp_path).returncode == 0
    assert auditor("check", str(TRACES), folder=tmp_path).returncode == 0


@pytest.mark.parametrize("form", ["json", "protobuf"])
def test_no_value_reaches_the_index(tmp_path: Path, form: str) -> None:
    canaries = Canaries()
    document = request(canaries)
    file = tmp_path / "input"
    file.write_bytes(json.dumps(document).encode() if form == "json" else protobuf(document))
    run = auditor("index", str(file), "--store", "kept", folder=tmp_path)
    assert run.returncode == 0
    written = [path.read_bytes() for path in (tmp_path / "kept").rglob("*") if path.is_file()]
    assert sum(map(len, written)) > 10_000
    assert found(canaries, run.stdout, run.stderr, *texts(tmp_path / "kept")) == []


def texts(folder: Path) -> list[str]:
    """All that a store says: its bytes as they are, and what is compressed in them."""
    import pyarrow.parquet as pq

    from auditor.index.catalogue import Catalogue
    from auditor.index.models import unpack

    files = [path for path in folder.rglob("*") if path.is_file()]
    said = [path.read_bytes().decode("latin-1") for path in files]
    said += [repr(pq.read_table(path).to_pylist()) for path in files if path.suffix == ".parquet"]
    catalogue = Catalogue(folder, writing=False)
    models = [catalogue.body(row.window, row.part) for row in catalogue.models()]
    catalogue.close()
    assert models
    return said + [repr(unpack(body or b"")) for body in models]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("index", "traces"), "--store DIR"),
        (("index", "nowhere", "--store", "kept"), "nowhere"),
        (("index", "clickhouse://ann:Quillfeather@host", "--store", "kept"), "an index takes files, folders and -"),
        (("index", "--store", "kept", "--expire", "--keep-spans", "40d"), "kept as long or longer"),
        (("index", "--store", "kept", "--keep-spans", "soon"), "--keep-spans"),
        (("scan", "--store", "nowhere"), "holds no index"),
        (("scan", "--store", "nowhere", "traces"), "no INPUT"),
        (("scan", "traces", "--from", "24h"), "only with --store"),
        (("scan", "--store", "kept", "--from", "yesterday"), "--from"),
        (("scan", "--store", "kept", "--from", "2026-01-02", "--to", "2026-01-01"), "before --to"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    run = auditor(*arguments, folder=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert words in run.stderr
    assert "Quillfeather" not in run.stderr


def test_what_was_named_and_is_no_telemetry_is_told_and_leaves_the_rest(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no telemetry")
    run = auditor("index", str(TRACES), "notes.txt", "--store", "kept", folder=tmp_path)
    assert run.returncode == 2
    assert "notes.txt" in run.stderr
    rest = auditor("index", "--store", "kept", "--json", folder=tmp_path)
    assert json.loads(rest.stdout)["spans"] == 1184
