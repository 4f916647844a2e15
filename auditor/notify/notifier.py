"""Raises what is new in an audit, and tells the webhook until it listens."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auditor.access.secret import Secret
from auditor.notify.model import Batch, News
from auditor.notify.store import NewsStore
from auditor.notify.webhook import Sender, deliver
from auditor.operation.families import Sample
from auditor.operation.logs import tell
from auditor.operation.settings import Webhook
from auditor.outbound import OutboundError, send
from lineage.audit import Audit

FILE = "news.sqlite"
RAISED = ("new", "violation")  # the states that nobody has decided on
MOST = 100  # news in one request, and lines in the log at once
FIRST_WAIT, LONGEST_WAIT = 5.0, 3600.0  # seconds before the second attempt, doubled each time, and at most
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the webhook goes, and its key."""

    settings: Webhook
    secret: Secret


class Notifier:
    """`folder` keeps what was told. One of them at a time; its methods may be called from any thread."""

    def __init__(self, folder: Path, target: Target | None = None, sender: Sender = send) -> None:
        self._store, self._target, self._sender = NewsStore(folder / FILE), target, sender

    def raise_new(self, audit: Audit) -> tuple[News, ...]:
        """The exposures that were never raised before: on disk, in the log and in the feeds when this returns.

        Raises sqlite3.Error when they cannot be written; then none was raised, and the next call raises them.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        raised = self._store.add((e for e in audit.exposures if e.state in RAISED), now)
        for news in raised[:MOST]:
            tell(_log, logging.WARNING, "exposure raised", id=news.id, state=news.state, title=news.title)
        if len(raised) > MOST:
            tell(_log, logging.WARNING, "exposures raised", beyond_those_listed=len(raised) - MOST)
        return raised

    def deliver_due(self, now: float | None = None) -> bool:
        """Send the webhook one batch if one is due. Whether there may be more to do at once."""
        now = time.time() if now is None else now
        if self._target is None or (batch := self._store.due(now, MOST)) is None:
            return False
        try:
            deliver(self._target.settings.url, self._target.secret, batch, now, self._sender)
        except OutboundError as error:
            self._failed(batch, str(error), now, self._target.settings.attempts)
            return False
        self._store.settle("delivered")
        return True

    def latest(self, limit: int = 50) -> tuple[News, ...]:
        """The newest first."""
        return self._store.latest(limit)

    def samples(self) -> Iterator[Sample]:
        """Its figures."""
        raised, outcomes = self._store.raised(), self._store.outcomes()
        for state in RAISED:
            yield Sample("auditor_exposures_raised_total", raised.get(state, 0), (state,))
        for outcome in ("delivered", "failed", "given_up"):
            yield Sample("auditor_notifications_total", outcomes.get(outcome, 0), (outcome,))
        yield Sample("auditor_notifications_pending", self._store.pending() if self._target else 0)

    def trouble(self) -> str | None:
        """What is wrong with its store, or None."""
        try:
            self._store.latest(1)
        except sqlite3.Error as error:
            return f"{FILE} cannot be read ({type(error).__name__})"
        return None

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _failed(self, batch: Batch, reason: str, now: float, most: int) -> None:
        attempt = batch.attempts + 1
        tell(_log, logging.WARNING, "webhook failed", batch=batch.id, attempt=attempt, reason=reason)
        if attempt >= most:
            self._store.settle("given_up")
            tell(_log, logging.ERROR, "webhook given up", batch=batch.id)
        else:
            self._store.postpone(now + min(LONGEST_WAIT, FIRST_WAIT * 2**batch.attempts))
