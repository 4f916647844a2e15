"""A limit on what a request may carry: what is written here are a few sentences."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

MOST = 64 * 1024  # bytes


class Limited:
    """ASGI middleware. A body of more than MOST bytes gets 413; only for paths that begin with one of `prefixes`."""

    def __init__(self, app: ASGIApp, prefixes: Collection[str], most: int = MOST) -> None:
        self._app, self._prefixes, self._most = app, tuple(prefixes), most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefixes):
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:20]) > self._most:
            await problem(413)(scope, receive, send)
            return
        body, more = b"", True
        while more and len(body) <= self._most:  # all of it, before anybody looks at it
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if more or len(body) > self._most:
            await problem(413)(scope, receive, send)
            return
        given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return given.pop() if given else await receive()

        await self._app(scope, replay, send)
