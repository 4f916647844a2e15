"""An append-only log, each entry sealed with the hash of the one before: what was written cannot be changed unseen.

A line is a JSON object with sorted keys: `number` (from 1), `at` (RFC 3339 UTC), `content`, `previous` (the digest of
the line before, null in the first) and `digest` (SHA-256 over the line without it). Beside the log lies its head, the
number and digest of the last line, so that a tail that was cut off is missed. Somebody who can write both files can
write new ones: the digest that `check` returns is to be kept elsewhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditor.errors import AuditorError


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log."""

    number: int
    at: str
    content: Mapping[str, Any]
    previous: str | None
    digest: str


class Ledger:
    """The log in a file, which need not exist yet. Processes and threads may share it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def entries(self) -> tuple[Entry, ...]:
        """All entries, the oldest first. Raises AuditorError when the log is not as it was written."""
        found, wrong, _ = _read(self._file)
        if wrong:
            raise AuditorError(f"{self._file}: {wrong[0]}; restore it, then run: auditor verify {self._file}")
        return found

    def append(self, content: Mapping[str, Any]) -> Entry:
        """Add an entry; on return it is on disk. Raises AuditorError, and then nothing was added."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self._file) as log:
                before, size = self._settled()
                os.ftruncate(log, size)  # what a crash left of a line that nobody was told of
                entry = _entry(before, content)
                try:
                    _write(log, _line(entry).encode())
                    _set_head(self._file, entry)
                except OSError:
                    os.ftruncate(log, size)
                    raise
                return entry
        except OSError as error:
            raise AuditorError(f"{self._file}: cannot be written ({error.strerror}); nothing was added") from None

    def _settled(self) -> tuple[Entry | None, int]:
        """The last entry, and where the next begins."""
        found, wrong, size = _read(self._file)
        if wrong:
            raise AuditorError(f"{self._file}: {wrong[0]}; nothing is added to a log that was changed")
        return (found[-1] if found else None), size


def check(file: Path, expect: str | None = None) -> tuple[list[str], str | None]:
    """What is not as it was written, a sentence each, and the digest of the last entry. `expect` is one kept elsewhere:
    it must still be that of an entry."""
    found, wrong, _ = _read(file)
    if expect is not None and expect.lower() not in {entry.digest for entry in found}:
        wrong.append("holds no entry of the digest that was kept elsewhere")
    return wrong, found[-1].digest if found else None


def _read(file: Path) -> tuple[tuple[Entry, ...], list[str], int]:
    """The entries as far as they are sound, what is wrong, and the size of the whole lines. No file is an empty log."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        data = b""
    except OSError as error:
        raise AuditorError(f"{file}: cannot be read ({error.strerror})") from None
    lines = data.split(b"\n")
    torn, found, wrong = lines.pop(), list[Entry](), list[str]()
    for number, line in enumerate(lines, start=1):
        entry = _parsed(line)
        previous = found[-1].digest if found else None
        if entry is None or entry.number != number or entry.previous != previous:
            wrong.append(f"line {number} was changed, removed or moved")
            break
        found.append(entry)
    head = _head(file)
    if not wrong and head != (len(found), found[-1].digest if found else None):
        wrong += _against_head(found, head, torn)
    return tuple(found), wrong, len(data) - len(torn)


def _against_head(found: list[Entry], head: tuple[int, str | None] | None, torn: bytes) -> list[str]:
    """A head that is one entry behind is what a crash between the two writes leaves."""
    if head is None:
        return ["its head is missing or was changed"]
    number, digest = head
    if number > len(found):
        return [f"its tail was cut off: {number - len(found)} of {number} entries are missing"]
    known = found[number - 1].digest if number else None
    if known != digest or number < len(found) - 1 or torn:
        return ["its head is not that of this log"]
    return []


def _entry(before: Entry | None, content: Mapping[str, Any]) -> Entry:
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    number, previous = (before.number + 1, before.digest) if before else (1, None)
    plain = json.loads(_text(content))  # what will be read back
    return Entry(number, at, plain, previous, _digest(number, at, plain, previous))


def _digest(number: int, at: str, content: Mapping[str, Any], previous: str | None) -> str:
    sealed = {"number": number, "at": at, "content": content, "previous": previous}
    return hashlib.sha256(_text(sealed).encode()).hexdigest()


def _line(entry: Entry) -> str:
    return _text({name: getattr(entry, name) for name in Entry.__slots__}) + "\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _parsed(line: bytes) -> Entry | None:
    """The entry of a line; None when the line is not exactly as it was written."""
    try:
        entry = Entry(**json.loads(line))
        sound = entry.digest == _digest(entry.number, entry.at, entry.content, entry.previous)
        return entry if sound and _line(entry).encode() == line + b"\n" else None
    except (ValueError, TypeError, RecursionError):
        return None


def _head_file(file: Path) -> Path:
    return file.with_name(file.name + ".head")


def _head(file: Path) -> tuple[int, str | None] | None:
    """Number and digest of the last entry; None when the file is damaged. No file is the head of an empty log."""
    try:
        number, _, digest = _head_file(file).read_text("ascii").strip().partition(" ")
        return int(number), digest
    except FileNotFoundError:
        return 0, None
    except (OSError, ValueError):
        return None


def _set_head(file: Path, entry: Entry) -> None:
    """On disk before it takes the place of the one before; and so is its taking the place."""
    head = _head_file(file)
    new = head.with_name(head.name + ".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        _write(handle, f"{entry.number} {entry.digest}\n".encode())
    finally:
        os.close(handle)
    os.replace(new, head)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)


@contextmanager
def _locked(file: Path) -> Iterator[int]:
    """The log opened to append, while no other process or thread has it so."""
    handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
