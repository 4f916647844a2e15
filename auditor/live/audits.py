"""The audits that the live service serves: the newest, and those of any period that its index can tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.errors import AuditorError
from auditor.index.store import StoreReader
from auditor.live.standards import Standards
from lineage.audit import Audit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LiveAudits:
    """As `api.source.Audits` asks for. `publish` is given each new audit."""

    def __init__(self, store: Path, standards: Standards) -> None:
        self._store, self._standards = store, standards
        self._audit: Audit | None = None
        self._version = 0

    def publish(self, audit: Audit) -> None:
        """Serve this audit from now on; one that says nothing new changes nothing."""
        if audit != self._audit:
            self._audit = audit
            self._version += 1

    def version(self) -> str:
        """Another one for another audit."""
        return str(self._version)

    def current(self) -> Audit:
        """The newest audit. Raises AuditorError before there is one."""
        if self._audit is None:
            raise AuditorError("there is no audit yet")
        return self._audit

    def between(self, start: datetime | None, end: datetime | None) -> Audit:
        """The audit of the traces that begin in a period. Raises AuditorError when the index cannot tell it."""
        with StoreReader(self._store) as reader:
            return self._standards.audit(reader.model(_nanoseconds(start), _nanoseconds(end)))


def _nanoseconds(time: datetime | None) -> int | None:
    return None if time is None else (time - _EPOCH) // timedelta(microseconds=1) * 1_000
