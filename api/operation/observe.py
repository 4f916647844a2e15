"""The ASGI middleware that sees every request end: it counts, keeps the trail, traces, and lets no error text out."""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.needs import needed
from api.operation.templates import Templates, known
from api.problems import problem
from auditor.access.trail import Trail
from auditor.errors import places_of
from auditor.operation.logs import tell
from auditor.operation.metrics import Metrics

if TYPE_CHECKING:
    from auditor.operation.tracing import SelfTracing

_log = logging.getLogger(__name__)


class Observe:
    """Stands outside the door, so that it sees the refused as well."""

    def __init__(
        self, app: ASGIApp, templates: Templates, metrics: Metrics, trail: Trail | None, tracing: SelfTracing | None
    ) -> None:
        self._app, self._templates, self._metrics = app, templates, metrics
        self._trail, self._tracing = trail, tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status = time.perf_counter(), 0
        method, route = known(scope["method"]), self._templates.of(scope["path"])

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with self._span(scope, method, route) as span:
                try:
                    await self._app(scope, receive, seen)
                except Exception as error:
                    tell(
                        _log,
                        logging.ERROR,
                        "request failed",
                        route=route,
                        error=type(error).__name__,
                        at=places_of(error),
                    )
                    if status:  # part of an answer is out: the connection has to break for the client to notice
                        raise
                    await problem(500)(scope, receive, seen)
                if span is not None:
                    from auditor.operation.tracing import answered

                    answered(span, status)
        finally:
            self._metrics.request(method, route, status, time.perf_counter() - began)
            self._remember(scope, method, route, status)

    def _span(self, scope: Scope, method: str, route: str) -> Any:
        if self._tracing is None or needed(scope["method"], scope["path"]) not in ("read", "approve"):
            return nullcontext()
        return self._tracing.request(method, route, Headers(scope=scope))

    def _remember(self, scope: Scope, method: str, route: str, status: int) -> None:
        """Questions and decisions of whoever was let in, and the refused, whose number the door limits by address.

        Telemetry that is taken, scrapes, and floods of what nobody could be (429, 503, unknown hosts) are only counted.
        """
        needs = needed(scope["method"], scope["path"])
        if self._trail is None or needs is None or status == 429:
            return
        caller = scope.get("state", {}).get("caller")
        refused = status in (401, 403)
        if refused or (caller and needs in ("read", "approve")):
            address = (scope.get("client") or ("",))[0] if refused else None
            self._trail.write(caller.name if caller else None, method, route, status, address)
