"""A backup is one moment of a folder that others write into, whole or not there at all."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from auditor.errors import AuditorError
from auditor.operation import snapshot
from auditor.operation.snapshot import copy_folder
from tests.support.commands import auditor

# Moves numbers from one database to the next, never the other way, and replaces segments, as fast as it can.
WRITER = """
import os, sqlite3, sys
from pathlib import Path
folder = Path(sys.argv[1])
a, b = (sqlite3.connect(folder / name, isolation_level=None) for name in ("z_journal.sqlite", "a_index.sqlite"))
for base in (a, b):
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, file TEXT)")
print("ready", flush=True)
for n in range(10**9):
    a.execute("INSERT INTO t VALUES (?, NULL)", (n,))
    if n % 3 == 2:
        name = f"{n}.parquet"
        (folder / "unfinished").write_text(str(n))
        os.replace(folder / "unfinished", folder / "spans" / name)
        b.execute("BEGIN")
        old = [row[0] for row in b.execute("SELECT DISTINCT file FROM t WHERE n > ? AND n <= ?", (n - 30, n - 15))]
        b.execute("UPDATE t SET file = ? WHERE n > ? AND n <= ?", (name, n - 30, n - 15))
        b.executemany("INSERT INTO t VALUES (?, ?)", [(m, name) for m in range(n - 2, n + 1)])
        b.execute("COMMIT")
        for file in old:
            if not b.execute("SELECT 1 FROM t WHERE file = ?", (file,)).fetchone():
                (folder / "spans" / file).unlink(missing_ok=True)
        a.execute("DELETE FROM t WHERE n <= ?", (n,))
        with open(folder / "trail.jsonl", "a") as trail:
            trail.write('{"n": ' + str(n) + '}' + chr(10))
"""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    (folder / "spans").mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            assert process.poll() is None, "the writer must still be writing"
            process.kill()


def rows(base: Path) -> dict[int, str | None]:
    with closing(sqlite3.connect(base)) as opened:
        return dict(opened.execute("SELECT n, file FROM t").fetchall())


def test_a_copy_is_one_moment_while_others_write(tmp_path: Path) -> None:
    source = tmp_path / "live"
    with writing(source):
        for number in range(5):
            target = tmp_path / f"copy{number}"
            target.mkdir()
            copy_folder(source, target)
            waiting, indexed = rows(target / "z_journal.sqlite"), rows(target / "a_index.sqlite")
            numbers = waiting.keys() | indexed.keys()
            assert numbers == set(range(max(numbers, default=-1) + 1)), "a number is in neither database"
            assert all((target / "spans" / str(file)).exists() for file in set(indexed.values()))
            lines = (target / "trail.jsonl").read_text().splitlines() if (target / "trail.jsonl").exists() else []
            assert all(json.loads(line) for line in lines)


def test_a_record_that_moves_while_it_begins_is_in_the_copy_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "live", tmp_path / "copy"
    source.mkdir()
    target.mkdir()
    with closing(sqlite3.connect(source / "a")) as first, closing(sqlite3.connect(source / "b")) as last:
        for base in (first, last):
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, file TEXT)")
        last.execute("INSERT INTO t VALUES (1, NULL)")
        last.commit()
        begin, begun = snapshot._begin_to_read, []

        def move_in_between(connection: sqlite3.Connection) -> None:
            begin(connection)
            begun.append(connection)
            if len(begun) == 1:  # the first is being read already, the last not yet
                first.execute("INSERT INTO t VALUES (1, NULL)")
                first.commit()
                last.execute("DELETE FROM t")
                last.commit()

        monkeypatch.setattr(snapshot, "_begin_to_read", move_in_between)
        copy_folder(source, target)
    assert [len(rows(target / name)) for name in ("a", "b")] == [1, 0]
    assert len(begun) == 4


def test_backup_and_restore(tmp_path: Path) -> None:
    source = tmp_path / "live"
    with writing(source):
        ran = auditor("backup", "live", "--to", "copy", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700
    assert not list((tmp_path / "copy").glob("*-wal"))
    assert auditor("restore", "copy", "--to", "back", folder=tmp_path).returncode == 0
    for name in ("z_journal.sqlite", "a_index.sqlite"):
        assert rows(tmp_path / "back" / name) == rows(tmp_path / "copy" / name)
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "back").rglob("*"))


def test_a_backup_that_changed_is_not_restored(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "a").write_bytes(b"abc")
    auditor("backup", "live", "--to", "copy", folder=tmp_path)
    (tmp_path / "copy" / "a").write_bytes(b"abd")
    ran = auditor("restore", "copy", "--to", "back", folder=tmp_path)
    assert ran.returncode == 2
    assert "the first is a" in ran.stderr
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize(
    "text", ["", "[", "[" * 100_000, "{}", '{"format": "auditor-backup/1", "files": [{"path": "../x", "sha256": ""}]}']
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "backup.json").write_text(text)
    ran = auditor("restore", "copy", "--to", "back", folder=tmp_path)
    assert (ran.returncode, "is not the list of a backup" in ran.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["backup", "nowhere", "--to", "copy"], "is no folder"),
        (["backup", "live", "--to", "live"], "there already"),
        (["backup", "live", "--to", "live/copy"], "lies inside"),
        (["restore", "live", "--to", "copy"], "is this a backup?"),
    ],
)
def test_mistakes_are_said(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "live").mkdir()
    ran = auditor(*arguments, folder=tmp_path)
    assert ran.returncode == 2
    assert said in ran.stderr


def test_a_failed_backup_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "a.sqlite").write_bytes(b"SQLite format 3\x00" + b"canary" * 1000)
    ran = auditor("backup", "live", "--to", "copy", folder=tmp_path)
    assert ran.returncode == 2
    assert "doctor" in ran.stderr
    assert "canary" not in ran.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["live"]


def test_links_and_pipes_are_left_out(tmp_path: Path) -> None:
    source, target = tmp_path / "live", tmp_path / "copy"
    source.mkdir()
    target.mkdir()
    (source / "link").symlink_to("/etc/passwd")
    os.mkfifo(source / "pipe")
    assert copy_folder(source, target) == []


def test_what_never_rests_is_given_up_with_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "live", tmp_path / "copy"
    source.mkdir()
    target.mkdir()
    with closing(sqlite3.connect(source / "a.sqlite")) as base:
        base.execute("CREATE TABLE t (n)")
        base.commit()
    versions = iter(range(10**6))
    monkeypatch.setattr(snapshot, "_version", lambda _: next(versions))
    monkeypatch.setattr(snapshot, "_PAUSE", 0)
    with pytest.raises(AuditorError, match="too fast"):
        copy_folder(source, target)
