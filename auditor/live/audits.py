"""The audits that the live service serves: the newest, and those of any period that its index can tell."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.audits import load_audit
from auditor.errors import AuditorError
from auditor.files import write_private
from auditor.operation.logs import tell
from lineage.audit import Audit
from reports.audit_json import dumps

FILE = "audit.json"
_SAVE = 60.0  # seconds between writes of the file
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


class LiveAudits:
    """As `api.source.Audits` asks for. `publish` is given each new audit; the newest is kept in the folder, so that it
    can be served as soon as the service starts again. `nothing` is served when there is none; `window` makes audits of
    a period (nanoseconds since the epoch, None: open), and raises AuditorError when the index cannot tell it."""

    def __init__(self, folder: Path, nothing: Audit, window: Callable[[int | None, int | None], Audit]) -> None:
        self._folder, self._window = folder, window
        self._audit = self._kept() or nothing
        self._version, self._saved = 0, 0.0

    def publish(self, audit: Audit) -> None:
        """Serve this audit from now on."""
        self._audit = audit
        self._version += 1
        if time.monotonic() - self._saved >= _SAVE:
            self.save()

    def save(self) -> None:
        """Keep the newest audit on disk."""
        self._saved = time.monotonic()
        try:
            write_private(self._folder / FILE, dumps(self._audit))
        except AuditorError as error:
            tell(_log, logging.WARNING, "the audit is not kept", error=str(error))

    def version(self) -> str:
        """Another one for another audit."""
        return str(self._version)

    def current(self) -> Audit:
        """The newest audit."""
        return self._audit

    def between(self, start: datetime | None, end: datetime | None) -> Audit:
        """The audit of the traces that begin in a period. Raises AuditorError when the index cannot tell it."""
        return self._window(_nanoseconds(start), _nanoseconds(end))

    def _kept(self) -> Audit | None:
        try:
            return load_audit(str(self._folder / FILE))
        except AuditorError:  # there is none, or an auditor of another version wrote it: it is made again
            return None


def _nanoseconds(time: datetime | None) -> int | None:
    return None if time is None else (time - _EPOCH) // timedelta(microseconds=1) * 1_000
