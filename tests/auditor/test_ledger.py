"""The log that shows what was done to it."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor import ledger
from auditor.errors import AuditorError
from auditor.ledger import Ledger, check
from tests.support.commands import auditor


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of five entries."""
    file = tmp_path / "log.jsonl"
    for number in range(5):
        Ledger(file).append({"say": f"entry {number}"})
    return file


def head(file: Path) -> Path:
    return file.with_name(file.name + ".head")


def test_entries_are_given_back_in_order(log: Path) -> None:
    entries = Ledger(log).entries()
    assert [entry.content for entry in entries] == [{"say": f"entry {number}"} for number in range(5)]
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in entries] == [None, *(entry.digest for entry in entries[:-1])]
    assert check(log) == ([], entries[-1].digest)


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "none.jsonl").entries() == ()
    assert list(tmp_path.iterdir()) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.data())
def test_no_flipped_bit_goes_unseen(log: Path, data: st.DataObject) -> None:
    whole = log.read_bytes()
    place, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(whole)
    changed[place] ^= 1 << bit
    try:
        log.write_bytes(changed)
        assert check(log)[0]
        with pytest.raises(AuditorError):
            Ledger(log).append({"say": "more"})
        assert log.read_bytes() == changed
    finally:
        log.write_bytes(whole)


@pytest.mark.parametrize("kept", range(5))
def test_a_tail_that_was_cut_off_is_missed(log: Path, kept: int) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:kept]))
    assert "tail was cut off" in check(log)[0][0]
    with pytest.raises(AuditorError, match="changed"):
        Ledger(log).append({"say": "more"})


@pytest.mark.parametrize("order", [(1, 0, 2, 3, 4), (0, 1, 3, 2, 4), (0, 1, 2, 2, 3, 4), (0, 2, 3, 4), (1, 2, 3, 4)])
def test_another_order_is_seen(log: Path, order: tuple[int, ...]) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[number] for number in order))
    assert "line" in check(log)[0][0]


def test_a_log_written_anew_with_its_head_is_told_by_the_digest_kept_elsewhere(log: Path, tmp_path: Path) -> None:
    _, kept = check(log)
    assert check(log, kept)[0] == []
    Ledger(log).append({"say": "later"})
    assert check(log, kept)[0] == []  # it has grown since
    other = tmp_path / "other" / "log.jsonl"
    Ledger(other).append({"say": "something else"})
    assert check(other)[0] == []
    assert "kept elsewhere" in check(other, kept)[0][0]


@pytest.mark.parametrize("text", ["", "5", "5 " + "0" * 64, "4 x", "99999", "x" * 10])
def test_a_head_that_was_changed_is_seen(log: Path, text: str) -> None:
    head(log).write_text(text)
    assert check(log)[0]


def test_a_head_that_is_missing_is_seen(log: Path) -> None:
    head(log).unlink()
    assert check(log)[0]


def test_what_a_crash_left_of_a_line_is_dropped(log: Path) -> None:
    with log.open("ab") as file:
        file.write(b'{"at":"2026')
    assert len(Ledger(log).entries()) == 5
    assert Ledger(log).append({"say": "after the crash"}).number == 6
    assert check(log)[0] == []


def test_a_crash_before_the_head_was_written_loses_nothing(log: Path) -> None:
    before = head(log).read_bytes()
    Ledger(log).append({"say": "sixth"})
    head(log).write_bytes(before)
    assert check(log)[0] == []
    assert Ledger(log).append({"say": "seventh"}).number == 7
    assert [entry.content["say"] for entry in Ledger(log).entries()][5:] == ["sixth", "seventh"]


@pytest.mark.parametrize("failing", ["write", "fsync", "replace"])
def test_a_disk_that_fails_adds_nothing(log: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    whole = log.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, failing, fail)
        with pytest.raises(AuditorError, match="nothing was added"):
            Ledger(log).append({"say": "more"})
    assert log.read_bytes() == whole
    assert Ledger(log).append({"say": "more"}).number == 6


def test_the_line_is_synced_before_the_head_and_both_before_the_return(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    names = {name: getattr(os, name) for name in ("write", "fsync", "replace")}
    for name, call in names.items():
        monkeypatch.setattr(os, name, lambda *a, name=name, call=call: (done.append(name), call(*a))[1])
    Ledger(log).append({"say": "more"})
    assert done == ["write", "fsync", "write", "fsync", "replace", "fsync"]


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "log.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuditorError, match="cannot be written"):
        Ledger(tmp_path / "log.jsonl").append({"say": "more"})
    assert (tmp_path / "elsewhere").read_text() == ""


def test_several_may_write_at_once(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    with ThreadPoolExecutor(4) as pool:  # each opens the file for itself, as processes do
        list(pool.map(lambda number: Ledger(file).append({"number": number}), range(30)))
    assert check(file)[0] == []
    assert {entry.content["number"] for entry in Ledger(file).entries()} == set(range(30))


def test_only_its_owner_may_read_it(log: Path) -> None:
    assert {file.stat().st_mode & 0o777 for file in (log, head(log))} == {0o600}


def test_any_text_is_kept(tmp_path: Path) -> None:
    text = "\ud800\u2028\x00\n<script>" * 3
    Ledger(tmp_path / "log.jsonl").append({"say": text})
    (entry,) = Ledger(tmp_path / "log.jsonl").entries()
    assert entry.content == {"say": text}
    assert (tmp_path / "log.jsonl").read_bytes().count(b"\n") == 1
    assert json.loads((tmp_path / "log.jsonl").read_text())["number"] == 1


def test_the_command_tells_what_was_changed(log: Path) -> None:
    said = auditor("verify", str(log), folder=log.parent)
    assert said.returncode == 0
    digest = ledger.check(log)[1]
    assert digest
    assert digest in said.stdout
    assert auditor("verify", str(log), "--expect", digest, folder=log.parent).returncode == 0
    assert auditor("verify", str(log), "--expect", "0" * 64, folder=log.parent).returncode == 1
    assert auditor("verify", str(log), "auditor.toml", folder=log.parent).returncode == 2
    log.write_bytes(log.read_bytes().replace(b"entry 2", b"entry 7"))
    said = auditor("verify", str(log), folder=log.parent)
    assert said.returncode == 1
    assert "line 3 was changed" in said.stdout
