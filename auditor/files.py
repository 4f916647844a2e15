"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from auditor.errors import AuditorError

DEFAULT_LOCK = ".dataflow/flows.lock.json"


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text by an atomic replacement; missing folders are made. Raises AuditorError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise AuditorError(f"{path}: cannot be written ({error.strerror}); choose another folder") from None
