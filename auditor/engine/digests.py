"""The SHA-256 of files, computed by a thread beside other work: processes that start leave a processor idle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from auditor.errors import InputError

_CHUNK = 1 << 20  # bytes hashed at a time; the interpreter is free meanwhile


@contextmanager
def digests(files: Sequence[Path]) -> Iterator[Iterator[str]]:
    """The hexadecimal digest of each file, in their order; work begins at once, and ends on leaving.

    Iterating raises InputError for a file that cannot be read.
    """
    stop = Event()
    thread = ThreadPoolExecutor(1)
    try:
        yield thread.map(lambda file: digest(file, stop), files)
    finally:
        stop.set()
        thread.shutdown(wait=True, cancel_futures=True)


def digest(file: Path, stop: Event) -> str:
    """The digest of a file, unless `stop` is set before: then of what was read."""
    found = hashlib.sha256()
    chunk = bytearray(_CHUNK)
    view = memoryview(chunk)
    try:
        with file.open("rb", buffering=0) as stream:
            while not stop.is_set() and (size := stream.readinto(chunk)):
                found.update(view[:size])
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from None
    return found.hexdigest()
