"""The trail: who asked what, one JSON object a line. Route templates, never addresses with what they search for."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from io import FileIO, TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import BinaryIO, cast

from auditor.errors import ConfigError

MAX_BYTES, KEPT = 10_000_000, 10  # of one file; files kept beside it, `trail.jsonl.1` the newest


class Trail:
    """Appends to a file that only its owner may read. Raises ConfigError when it cannot be opened.

    `lost` counts what could not be written, as when the disk is full; requests go on.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
        try:
            self._file = _Private(path, maxBytes=max_bytes, backupCount=kept)
        except OSError as error:
            raise ConfigError(f"{path}: the trail cannot be written ({error.strerror}); see serve.trail") from None

    @property
    def lost(self) -> int:
        """How many entries could not be written."""
        return self._file.lost

    def write(self, caller: str | None, method: str, route: str, status: int, address: str | None = None) -> None:
        """Append what was asked. `address` is given for those who were refused, and only for them."""
        when = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry = {"time": when, "caller": caller, "method": method, "route": route, "status": status}
        if address is not None:
            entry["address"] = address
        self._file.handle(logging.makeLogRecord({"msg": json.dumps(entry)}))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Private(RotatingFileHandler):
    lost = 0

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        file = FileIO(os.open(self.baseFilename, flags, 0o600), "a")
        return TextIOWrapper(cast(BinaryIO, file), encoding="utf-8", write_through=True)  # nothing waits in a buffer

    def handleError(self, _: logging.LogRecord) -> None:
        self.lost += 1
