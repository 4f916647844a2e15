"""One address that takes telemetry over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.receivers.body import Gone, read_body, too_large
from api.receivers.replies import failure_reply, media_type, status_reply
from auditor.intake import Intake
from auditor.intake.inflate import ENCODINGS
from auditor.intake.messages import Answer, Delivery, Form, Reason, Refused, Signal

Reply = Callable[[Signal, Answer, str], Response]


class Door:
    """An ASGI application. `spoken` says how the body of each content type is to be read."""

    def __init__(self, intake: Intake, signal: Signal, spoken: Mapping[str, Form], reply: Reply) -> None:
        self._intake, self._signal, self._spoken, self._reply = intake, signal, spoken, reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            response = await self._response(scope, receive)
        except Gone:
            self._intake.count_refused(self._signal, Reason.GONE)
        else:
            await response(scope, receive, send)

    async def _response(self, scope: Scope, receive: Receive) -> Response:
        headers = Headers(scope=scope)
        media = media_type(headers)
        if scope["method"] != "POST":
            return self._not_spoken(405, "telemetry is sent here by POST", media, {"Allow": "POST"})
        form = self._spoken.get(media)
        if form is None:
            return self._not_spoken(415, f"the content types taken here are {', '.join(self._spoken)}", media)
        encoding = headers.get("content-encoding", "").strip().lower() or "identity"
        if encoding not in ENCODINGS:
            taken = ", ".join(ENCODINGS)
            return self._not_spoken(415, f"the encodings taken here are {taken}", media, {"Accept-Encoding": taken})
        try:
            if _length(headers) > self._intake.limits.request_bytes:
                raise Refused(too_large(self._intake))
            body = await read_body(receive, self._intake)
        except Refused as refused:
            self._intake.count_refused(self._signal, refused.answer.reason)
            return failure_reply(refused.answer, media)
        answer = await asyncio.wrap_future(self._intake.deliver(Delivery(self._signal, form, encoding, body)))
        return self._reply(self._signal, answer, media)

    def _not_spoken(self, status: int, message: str, media: str, headers: Mapping[str, str] | None = None) -> Response:
        self._intake.count_refused(self._signal, Reason.NOT_SPOKEN)
        return status_reply(status, message, media, headers=headers)


def _length(headers: Headers) -> int:
    stated = headers.get("content-length", "")
    return int(stated) if stated.isdecimal() and len(stated) < 20 else 0
