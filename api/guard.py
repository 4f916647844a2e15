"""What surrounds every answer: only known hosts are served, and each answer carries the headers that confine it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]", "testserver")
ONLY_TLS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")  # said over TLS, as RFC 6797 wants
HEADERS = {
    # Of what is no page: shown by a browser all the same, it is nothing but text.
    "Content-Security-Policy": "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class KnownHosts:
    """ASGI middleware. A request for a host not in `hosts` gets 400: it stops DNS rebinding from a web page."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = LOCAL_HOSTS) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        known = scope["type"] != "http" or _without_port(Headers(scope=scope).get("host", "")) in self._hosts
        answer = self._app if known else problem(400, "This host name is not served here.")
        await answer(scope, receive, send)


class Confined:
    """ASGI middleware, the outermost. Every answer gets the headers that it does not have yet."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def confined(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault(*ONLY_TLS)
            await send(message)

        await self._app(scope, receive, confined)


def _without_port(host: str) -> str:
    name, separator, port = host.rpartition(":")
    return name if separator and port.isdigit() else host
