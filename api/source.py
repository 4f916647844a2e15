"""Where the audits that are served come from: an interface, and the one that reads a finished audit's folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from auditor.audits import load_audit
from lineage.audit import Audit
from lineage.times import moment


class NotServed(Exception):
    """There is no audit of the window that was asked for. The message is for the user and quotes no request."""


class Audits(Protocol):
    """What the API needs to know of where audits come from. Called from several threads."""

    def version(self) -> str:
        """Quick to tell; another one as soon as `current` would give another audit."""

    def current(self) -> Audit:
        """The newest audit. May take long. Raises AuditorError when it cannot be had."""

    def between(self, start: datetime | None, end: datetime | None) -> Audit:
        """What was seen from `start` (inclusive) to `end` (exclusive), None: open. May take long.

        Raises NotServed or AuditorError.
        """


class FolderAudits:
    """The audit in a folder, which a later `auditor scan` may replace. It has one window: its own."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "audit.json"

    def version(self) -> str:
        """Of the file's place, size and time: a replacement is another file."""
        try:
            found = self._file.stat()
        except OSError:
            return "missing"
        return f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"

    def current(self) -> Audit:
        """Reads the file."""
        return load_audit(str(self._file))

    def between(self, start: datetime | None, end: datetime | None) -> Audit:
        """The audit itself when the window holds all that it looked at."""
        audit = self.current()
        first, last = moment(audit.scope.first), moment(audit.scope.last)
        if first and last and (start is None or start <= first) and (end is None or last < end):
            return audit
        own = f"{first:%Y-%m-%dT%H:%M:%SZ} to {last:%Y-%m-%dT%H:%M:%SZ}" if first and last else "of unknown time"
        raise NotServed(
            f"This server has a single audit, {own}: it cannot be cut. Ask for a window that holds all of it, or none."
        )
