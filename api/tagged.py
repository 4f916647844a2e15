"""Entity tags (RFC 9110): a program that has an answer already is told so instead of being sent it again."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = ("GET", "HEAD")
_OF_THE_BODY = ("content-length", "content-type", "content-encoding", "content-disposition")


class Tagged:
    """ASGI middleware. Tags each 200 that is sent in one piece by its bytes; 304 where If-None-Match names the tag.

    The tags are weak: the same answer compressed has the same tag.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in _METHODS:
            await self._app(scope, receive, send)
            return
        wanted = Headers(scope=scope).get("if-none-match", "")
        start: Message | None = None

        async def tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and message["status"] == 200:
                start = message  # held back until the bytes are known
                return
            if start is not None and message["type"] == "http.response.body":
                first, start = start, None
                if not message.get("more_body"):
                    first, message = _answer(first, message, wanted)
                await send(first)
            await send(message)

        await self._app(scope, receive, tagged)


def _answer(start: Message, body: Message, wanted: str) -> tuple[Message, Message]:
    headers = MutableHeaders(scope=start)
    if "etag" not in headers:
        headers["etag"] = f'W/"{hashlib.sha256(body.get("body", b"")).hexdigest()[:32]}"'
    headers.setdefault("cache-control", "private, no-cache")  # kept, but never used without asking
    if not _names(wanted, headers["etag"]):
        return start, body
    # all others stay, a page's policy among them: what a 304 says takes the place of what was said with the answer
    kept = [(name, value) for name, value in headers.raw if name.decode("latin-1") not in _OF_THE_BODY]
    return {**start, "status": 304, "headers": kept}, {**body, "body": b""}


def _names(wanted: str, tag: str) -> bool:
    opaque = tag.removeprefix("W/")
    return wanted.strip() == "*" or opaque in (one.strip().removeprefix("W/") for one in wanted.split(","))
