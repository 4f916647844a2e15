"""New exposures: the feeds, and the thread that raises and delivers as long as the application runs."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Event, Thread

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.examples import Responses
from auditor.notify.feed import JSON_TYPE, RSS_TYPE, json_feed, rss
from auditor.notify.notifier import Notifier
from auditor.operation.logs import tell
from lineage.audit import Audit

router = APIRouter(prefix="/feeds")
EVERY = 2.0  # seconds
_log = logging.getLogger(__name__)
_JSON: Responses = {200: {"content": {JSON_TYPE: {"example": {"version": "https://jsonfeed.org/version/1.1"}}}}}
_RSS: Responses = {200: {"content": {"application/rss+xml": {"example": '<rss version="2.0"></rss>'}}}}


@router.get("/exposures.json", summary="New exposures, as JSON Feed", response_class=Response, responses=_JSON)
def exposures_json(request: Request) -> Response:
    feed = json_feed(_notifier(request).latest(), _base(request), request.url.path)
    return Response(feed, media_type=JSON_TYPE)


@router.get("/exposures.rss", summary="New exposures, as RSS", response_class=Response, responses=_RSS)
def exposures_rss(request: Request) -> Response:
    return Response(rss(_notifier(request).latest(), _base(request)), media_type=RSS_TYPE)


@asynccontextmanager
async def telling(notifier: Notifier, audit: Callable[[], Audit | None]) -> AsyncIterator[None]:
    """Raise what is new whenever the audit is another one, and deliver what is due."""
    stop = Event()

    def work() -> None:
        seen: Audit | None = None
        while not stop.wait(EVERY if seen else 0.05):
            try:
                if (found := audit()) is not None and found is not seen:
                    notifier.raise_new(found)
                    seen = found
                while notifier.deliver_due() and not stop.is_set():
                    pass
            except sqlite3.Error as error:  # a full disk: nothing was raised, and the next round tries again
                tell(_log, logging.ERROR, "news not stored", error=type(error).__name__)
                stop.wait(EVERY)

    thread = Thread(target=work, name="news", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)
        notifier.close()


def _notifier(request: Request) -> Notifier:
    found: Notifier = request.app.state.notifier
    return found


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
