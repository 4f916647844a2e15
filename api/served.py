"""The audits being served, each with what quick answers need."""

from __future__ import annotations

import atexit
import gc
import logging
from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock, Thread
from typing import TypeVar

from api.listing import Listing, Record
from api.listings import LISTINGS
from api.queries import MAX_PATHS
from api.remembered import Remembered
from api.source import Audits, NotServed
from auditor.errors import AuditorError
from auditor.operation.logs import tell
from lineage import graph
from lineage.audit import Audit, Path
from lineage.index import REMEMBERED, index_of
from lineage.reach import rank
from reports import html
from reports.site.search import Search
from reports.site.site import Site

Value = TypeVar("Value")
atexit.register(gc.unfreeze)  # what `_ready` leaves out is to be found at the end: libraries count what they get back
MOST_ANSWERS = 500  # a page of a list, or the bounded answer to a question, each
MOST_TEXTS = 6  # whole reports and documents
log = logging.getLogger(__name__)
atexit.register(gc.unfreeze)  # libraries count what is left at the end, and complain


class Served:
    """One audit, and what was made of it so far. It never changes."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.index = index_of(audit)
        self.site = Site(audit)
        self.search = Search(self.site)
        self._listings = Remembered(len(LISTINGS))
        self._answers = Remembered(MOST_ANSWERS)
        self._texts = Remembered(MOST_TEXTS)

    def listing(self, name: str) -> Listing[Record]:
        """A list of the audit's records, by its name in LISTINGS."""
        listing: Listing[Record] = self._listings.get(name, lambda: LISTINGS[name](self.audit))
        return listing

    def paths(self, source: str, target: str) -> Listing[Path]:
        """The ways between two ends, the best first."""

        def find() -> Listing[Path]:
            flows = self.index.flows_between(source, target)
            return Listing(graph.paths(flows, source, target, MAX_PATHS), rank)

        return self.answer(("paths", source, target), find)

    def answer(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """A small answer, remembered."""
        return self._answers.get(key, compute)

    def text(self, key: Hashable, render: Callable[[], Value]) -> Value:
        """A large text, remembered."""
        return self._texts.get(key, render)

    def prepare(self) -> Served:
        """Make all lists and tables now, so that no request has to wait for them."""
        for name in LISTINGS:
            self.listing(name).prepare()
        self.index.prepare()
        self.site.prepare()
        self.search.prepare()
        html.prepare()
        return self


class Shelf:
    """The current audit and the windows asked for last. A newer audit is read beside, then takes its place at once."""

    def __init__(self, audits: Audits) -> None:
        self._audits = audits
        self._lock = Lock()
        self._version = audits.version()
        self._current = _ready(audits.current())
        self._windows = Remembered(REMEMBERED - 1)
        self.stale = False  # there is a newer audit, and it could not be read

    def current(self) -> Served:
        """What to answer from. Never waits for a newer audit."""
        version = self._audits.version()
        if version != self._version and self._lock.acquire(blocking=False):
            Thread(target=self._replace, args=(version,), name="newer-audit", daemon=True).start()
        return self._current

    def at(self, start: datetime | None, end: datetime | None) -> Served:
        """What was seen in a window; the current audit when none is asked for. Raises NotServed."""
        if start is None and end is None:
            return self.current()
        key = (self._audits.version(), start, end)
        try:
            return self._windows.get(key, lambda: Served(self._audits.between(start, end)))
        except (AuditorError, OverflowError) as error:  # its words may name the server's files
            tell(log, logging.WARNING, "window not served", why=_words(error))
            raise NotServed("There is no audit of this window. The server's log says why.") from None

    def _replace(self, version: str) -> None:
        try:
            self._current = _ready(self._audits.current())
            self.stale = False
        except AuditorError as error:  # its words are ours and quote no content
            self.stale = True
            tell(log, logging.WARNING, "newer audit not served", why=_words(error))
        finally:
            self._version = version
            self._lock.release()


def _ready(audit: Audit) -> Served:
    """With all that requests need. A large audit is millions of objects that live long: the search for garbage, which
    would look through all of them in the middle of a request, is told to leave them out."""
    served = Served(audit).prepare()
    gc.collect()
    gc.freeze()
    return served


def _words(error: Exception) -> str:
    """Words of ours, which quote nothing; of another's only the kind."""
    return str(error) if isinstance(error, AuditorError) else type(error).__name__
