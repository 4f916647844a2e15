"""SQLite as a store uses it: one process writes, any number read meanwhile; whatever goes wrong is told in words."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from auditor.errors import AuditorError, InputError

_REFUSALS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_BUSY": "another process is writing it",
    "SQLITE_READONLY": "it cannot be written",
    "SQLITE_CANTOPEN": "it cannot be opened",
    "SQLITE_IOERR": "the disk does not read or write it",
}
_STORED: dict[str, type] = {"int": int, "bool": int, "str": str, "bytes": bytes}  # by a field's type; others are texts
Record = TypeVar("Record")


class Database:
    """A file of tables, made by `schema` when it is new. What is committed is on disk.

    Raises InputError where it is damaged or of another `version`, AuditorError where it cannot be read or written.
    """

    def __init__(self, file: Path, writing: bool, schema: str, version: int) -> None:
        self._file = file
        self._turn = threading.RLock()
        with self._told():
            uri = f"{file.resolve().as_uri()}?mode={'rwc' if writing else 'ro'}"
            self._db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30)
        try:
            if writing:
                self._execute("PRAGMA journal_mode = WAL")
                self._execute("PRAGMA synchronous = FULL")
                self._execute("PRAGMA secure_delete = ON")  # what is dropped is overwritten
            found = self._rows("PRAGMA user_version")[0][0]
            if found == 0 and writing:
                with self._told():
                    self._db.executescript(f"BEGIN IMMEDIATE; {schema}; PRAGMA user_version = {version}; COMMIT;")
            elif found != version:
                raise InputError(f"{file}: is of version {found}, this auditor reads {version}: update it")
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on disk when it ends."""
        with self._turn:
            self._execute("BEGIN IMMEDIATE")
            try:
                yield
                self._execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.rollback()
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One state of the catalogue, whatever the writer does meanwhile."""
        with self._turn:
            self._execute("BEGIN")
            try:
                yield
            finally:
                self._db.rollback()

    def _records(self, kind: type[Record], query: str) -> list[Record]:
        """Rows as records, whose fields SQLite itself would let be anything."""
        rows = self._rows(query)
        types = [_STORED.get(str(field.type), str) for field in fields(kind)]  # type: ignore[arg-type]
        if any(type(value) is not stored for row in rows for value, stored in zip(row, types, strict=True)):
            raise self._damaged()
        return [kind(*row) for row in rows]

    def _execute(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        with self._told():
            return self._db.execute(query, values)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._told():
            return self._db.execute(query, values).fetchall()

    def _many(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._told():
            self._db.executemany(query, rows)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite raises, in words for a user."""
        try:
            yield
        except sqlite3.OperationalError as error:
            name = getattr(error, "sqlite_errorname", "")
            reason = next((reason for word, reason in _REFUSALS.items() if name.startswith(word)), None)
            if reason is None:
                raise self._damaged() from None
            raise AuditorError(f"{self._file}: {reason}; what was reported as done is still there") from None
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            raise self._damaged() from None

    def _damaged(self) -> InputError:
        advice = "put a copy of the folder in its place, or index the inputs into a new one"
        return InputError(f"{self._file}: is damaged or no catalogue of an index; {advice}")
