"""A copy of a folder as it was at one moment, while others write into it.

SQLite databases are copied by SQLite's own backup from transactions that were all open at a moment when none of them
had changed: so a record that moves from one to another is in the copy, once. All other files are written under another
name and never changed (segments), or only grow by lines (.jsonl).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from auditor.errors import AuditorError

_MAGIC = b"SQLite format 3\x00"
_BESIDE = ("-wal", "-shm", "-journal")
_TRIES, _PAUSE = 200, 0.01  # of finding a moment, and of files that go away meanwhile


class _Vanished(Exception):
    """A file went away between being listed and being copied."""


def copy_folder(source: Path, target: Path) -> list[Path]:
    """Copy the files below `source` into `target`, which exists and is empty; their names, sorted.

    Raises AuditorError when something cannot be read or written, or changes all the time.
    """
    for _ in range(_TRIES):
        try:
            return sorted(_copy(source, target))
        except _Vanished:  # merged or expired meanwhile: what replaced it may have been missed
            shutil.rmtree(target)
            target.mkdir(mode=0o700)
            time.sleep(_PAUSE)
        except OSError as error:
            raise AuditorError(f"{error.filename or target}: cannot be copied ({error.strerror})") from None
        except sqlite3.Error as error:
            raise AuditorError(
                f"{source}: a database cannot be copied ({type(error).__name__}): {_advice(error)}"
            ) from None
    raise AuditorError(f"{source}: changes too fast to be copied; try again when less is written")


def databases(folder: Path) -> list[Path]:
    """The SQLite databases below a folder, sorted."""
    return sorted(folder / file for file in _files(folder) if _is_database(folder / file))


def sync(path: Path) -> None:
    """Have a file or folder on disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(source: Path, target: Path) -> set[Path]:
    before = set(_files(source))
    bases = sorted(file for file in before if _is_database(source / file))
    beside = {Path(f"{base}{suffix}") for base in bases for suffix in _BESIDE}
    with _one_moment([source / base for base in bases]) as connections:
        for base, connection in zip(bases, connections, strict=True):
            _copy_database(connection, _place(target, base))
    plain = (before | set(_files(source))) - set(bases) - beside
    for file in plain:
        _copy_file(source / file, _place(target, file))
    return plain | set(bases)


@contextmanager
def _one_moment(bases: Sequence[Path]) -> Iterator[list[sqlite3.Connection]]:
    """Connections whose reading transactions all see the same moment."""
    for _ in range(_TRIES):
        with ExitStack() as stack:
            watching = [stack.enter_context(closing(_reading(base))) for base in bases]
            reading = [stack.enter_context(closing(_reading(base))) for base in bases]
            seen = [_version(connection) for connection in watching]
            for connection in reading:
                _begin_to_read(connection)
            if seen == [_version(connection) for connection in watching]:
                yield reading
                return
        time.sleep(_PAUSE)
    raise AuditorError("the databases change too fast to be copied at one moment; try again when less is written")


def _reading(base: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{base.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=30)


def _begin_to_read(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return int(version)


def _copy_database(connection: sqlite3.Connection, target: Path) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
        if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError
    sync(target)


def _copy_file(source: Path, target: Path) -> None:
    try:
        with source.open("rb") as file:
            data = file.read(os.fstat(file.fileno()).st_size)
    except FileNotFoundError:
        raise _Vanished from None
    if source.suffix == ".jsonl":
        data = data[: data.rfind(b"\n") + 1]  # the last line may be half written
    target.write_bytes(data)
    target.chmod(0o600)
    sync(target)


def _place(target: Path, file: Path) -> Path:
    place = target / file
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _files(folder: Path) -> Iterator[Path]:
    """Regular files below `folder`, relative to it; links are not followed."""
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place, name)
            try:
                if stat.S_ISREG(file.lstat().st_mode):
                    yield file.relative_to(folder)
            except FileNotFoundError:
                continue


def _is_database(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_MAGIC)) == _MAGIC
    except FileNotFoundError:
        return False


def _advice(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    return "is the disk full?" if name == "SQLITE_FULL" else "run 'auditor doctor' to see whether it is damaged"
