"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from auditor.errors import AuditorError

DEFAULT_LOCK = ".dataflow/flows.lock.json"


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text by an atomic replacement; missing folders are made. Raises AuditorError."""
    mask = os.umask(0)
    os.umask(mask)
    _replace(path, text, 0o666 & ~mask)


def write_private(path: Path, text: str) -> None:
    """The same, for a file that only its owner may read or write. Raises AuditorError."""
    _replace(path, text, 0o600)


def _replace(path: Path, text: str, mode: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise AuditorError(f"{path}: cannot be written ({error.strerror}); choose another folder") from None
