"""The manifest: a changed byte is found and named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import InputError
from auditor.manifest import EARLIER, NAME, check, sealed, sha256, write_manifest
from lineage.audit import Audit, Input, Scope
from tests.support.commands import auditor

TELEMETRY = b'{"resourceSpans": []}'
AUDIT = Audit(Scope("0.1", (Input("traces.json", sha256(TELEMETRY), "otlp", 1),), (), 1, 1, None, None, 0, 0, "none"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three audits in one folder, each of another report."""
    (tmp_path / "auditor.toml").write_text("")
    lock = tmp_path / "flows.lock.json"
    lock.write_text("{}")
    (tmp_path / "policy.toml").write_text("")
    out = tmp_path / "out"
    out.mkdir()
    for number in range(3):
        (out / "audit.json").write_text("{}")
        (out / "report.html").write_text(f"<p>{number}</p>")
        write_manifest(out, AUDIT, tmp_path / "auditor.toml", lock)
    return out


def test_what_was_read_and_written_is_in_it(folder: Path) -> None:
    manifest = json.loads((folder / NAME).read_bytes())
    assert (manifest["number"], manifest["previous"]) == (3, sha256((folder / EARLIER / "0002.json").read_bytes()))
    assert [entry["name"] for entry in manifest["inputs"]] == ["traces.json"]
    assert [entry["name"] for entry in manifest["configuration"]] == ["auditor.toml"]
    assert [entry["name"] for entry in manifest["lock"]] == ["flows.lock.json", "policy.toml"]
    assert {entry["name"]: entry["sha256"] for entry in manifest["outputs"]}["report.html"] == sha256(b"<p>2</p>")
    assert {"python", "sqlglot", "presidio-analyzer"} <= set(manifest["versions"])


def test_unchanged(folder: Path) -> None:
    assert check(folder) == []
    assert check(folder, [folder.parent / "auditor.toml", folder.parent / "flows.lock.json"]) == []
    assert check(folder, expect=sha256((folder / NAME).read_bytes())) == []


def test_an_audit_that_changes_nothing_leaves_the_chain_as_it_is(folder: Path) -> None:
    before = (folder / NAME).read_bytes()
    write_manifest(folder, AUDIT, folder.parent / "auditor.toml", folder.parent / "flows.lock.json")
    assert (folder / NAME).read_bytes() == before
    assert len(list((folder / EARLIER).iterdir())) == 2


def test_the_same_audit_elsewhere_has_the_same_manifest(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    for name in ("audit.json", "report.html"):
        (other / name).write_bytes((folder / name).read_bytes())
    write_manifest(other, AUDIT, folder.parent / "auditor.toml", folder.parent / "flows.lock.json")
    chain = {"number", "previous", "digest"}
    first, second = (json.loads((place / NAME).read_bytes()) for place in (folder, other))
    assert {k: v for k, v in first.items() if k not in chain} == {k: v for k, v in second.items() if k not in chain}
    assert second["number"] == 1


FILES = ("audit.json", "report.html", NAME, f"{EARLIER}/0001.json", f"{EARLIER}/0002.json")


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_is_found_and_its_file_named(folder: Path, name: str, at: int, bit: int) -> None:
    file = folder / name
    kept = file.read_bytes()
    data = bytearray(kept)
    data[at % len(data)] ^= 1 << bit
    file.write_bytes(data)
    told = _told(folder)
    file.write_bytes(kept)
    assert any(name in line for line in told)


def _told(folder: Path) -> list[str]:
    try:
        return check(folder)
    except InputError as error:
        return [str(error)]


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    if name == NAME:
        with pytest.raises(InputError, match="there is none"):
            check(folder)
    else:
        assert any(line.startswith(f"{name}: is missing") for line in check(folder))


def test_a_cut_tail_needs_what_was_kept_elsewhere(folder: Path) -> None:
    expected = sha256((folder / NAME).read_bytes())
    (folder / NAME).write_bytes((folder / EARLIER / "0002.json").read_bytes())
    (folder / EARLIER / "0002.json").unlink()
    (folder / "report.html").write_text("<p>1</p>")
    assert check(folder) == []
    assert "is not the one expected" in check(folder, expect=expected)[0]


def test_reordered_links_and_strange_ones_are_named(folder: Path) -> None:
    first, second = folder / EARLIER / "0001.json", folder / EARLIER / "0002.json"
    a, b = first.read_bytes(), second.read_bytes()
    first.write_bytes(b), second.write_bytes(a)
    assert any("0002.json" in line for line in check(folder))
    first.write_bytes(a), second.write_bytes(b)
    (folder / EARLIER / "0009.json").write_text("{}")
    assert check(folder) == [f"{EARLIER}/0009.json: is no link of the chain"]


def test_inputs_are_compared_when_they_are_given(folder: Path, tmp_path: Path) -> None:
    traces = tmp_path / "traces.json"
    traces.write_bytes(TELEMETRY)
    assert check(folder, [traces]) == []
    traces.write_bytes(TELEMETRY + b" ")
    assert check(folder, [traces]) == ["traces.json: is not what the audit read"]
    assert check(folder, [tmp_path / "other.json"]) == ["other.json: is no input, configuration or lock of this audit"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "audit-manifest/2"}', "[" * 100_000])
def test_what_is_no_manifest_is_told(folder: Path, text: str) -> None:
    (folder / NAME).write_text(text)
    with pytest.raises(InputError, match=r"manifest\.json"):
        check(folder)


@pytest.mark.parametrize("number", [0, -1, "3", None, 10**9])
def test_strange_numbers_are_told(folder: Path, number: object) -> None:
    manifest = json.loads((folder / NAME).read_bytes()) | {"number": number}
    (folder / NAME).write_text(sealed(manifest))
    assert check(folder)


def test_a_manifest_from_elsewhere_leads_to_no_other_folder(folder: Path) -> None:
    secret = folder.parent / "secret"
    secret.write_text("x")
    manifest = json.loads((folder / NAME).read_bytes())
    manifest["outputs"] = [{"name": "../secret", "sha256": sha256(b"x")}]
    (folder / NAME).write_text(sealed(manifest))
    assert check(folder) == ["../secret: is missing"]


def test_a_damaged_manifest_is_kept_and_chained(folder: Path) -> None:
    (folder / NAME).write_text("damaged")
    (folder / "report.html").write_text("<p>3</p>")
    write_manifest(folder, AUDIT, None, folder.parent / "flows.lock.json")
    assert any(f"{EARLIER}/0003.json: is not manifest 3" in line for line in check(folder))


def test_the_command(folder: Path) -> None:
    run = auditor("verify", str(folder), folder=folder.parent)
    assert (run.returncode, run.stdout[:10]) == (0, "UNCHANGED:")
    assert sha256((folder / NAME).read_bytes()) in run.stdout
    (folder / "report.html").write_text("<p>nothing to see</p>")
    run = auditor("verify", str(folder), folder=folder.parent)
    assert (run.returncode, run.stdout) == (1, "CHANGED:\n  report.html: was changed after the audit\n")
