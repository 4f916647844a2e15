"""The ground truth: what really crossed the wire, written down by whoever sent or received it, never from spans."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import httpx
from google.protobuf.json_format import MessageToDict

from clinic.settings import setting


def note(source: str, target: str, direction: str, via: str, where: str, content: Any) -> None:
    """Append one message, or one of its headers, to the wire log."""
    line = {"from": source, "to": target, "direction": direction, "via": via, "where": where, "content": content}
    with open(setting("wire_log"), "a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


class FromOutside:
    """ASGI middleware of a service that browsers call: notes bodies, paths and queries in both directions."""

    def __init__(self, app: Any, service: str) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        via = f"{scope['method']} {scope['path']}"
        browser = "browser (external client)"
        note(browser, self._service, "request", via, "path", scope["path"])
        note(browser, self._service, "request", via, "query", scope["query_string"].decode())
        sent: list[bytes] = []
        got: list[bytes] = []

        async def noted_receive() -> Any:
            message = await receive()
            got.append(message.get("body", b""))
            return message

        async def noted_send(message: Any) -> None:
            sent.append(message.get("body", b""))
            await send(message)

        await self._app(scope, noted_receive, noted_send)
        note(browser, self._service, "request", via, "body", b"".join(got).decode())
        note(self._service, browser, "response", via, "body", b"".join(sent).decode())


def http_client(caller: str, callee: str, **options: Any) -> httpx.Client:
    """An HTTP client that notes what `caller` sends to `callee` and what it gets back."""

    def request(message: httpx.Request) -> None:
        via = f"{message.method} {message.url.path}"
        note(caller, callee, "request", via, "path", message.url.path)
        note(caller, callee, "request", via, "query", message.url.query.decode())
        note(caller, callee, "request", via, "body", message.read().decode())

    def response(message: httpx.Response) -> None:
        via = f"{message.request.method} {message.request.url.path}"
        note(callee, caller, "response", via, "body", message.read().decode())

    return httpx.Client(event_hooks={"request": [request], "response": [response]}, **options)


class OverGrpc(grpc.UnaryUnaryClientInterceptor):
    """A gRPC client interceptor that notes both messages of a call."""

    def __init__(self, caller: str, callee: str) -> None:
        self._caller, self._callee = caller, callee

    def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        via = details.method if isinstance(details.method, str) else details.method.decode()
        note(
            self._caller, self._callee, "request", via, "body", MessageToDict(request, preserving_proto_field_name=True)
        )
        call = continuation(details, request)
        answer = MessageToDict(call.result(), preserving_proto_field_name=True)
        note(self._callee, self._caller, "response", via, "body", answer)
        return call
