"""The ASGI middleware that lets requests in. It answers those that it refuses before their body is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.needs import READING, needed
from api.problems import problem
from auditor.access.credentials import credential_of
from auditor.access.decide import Doorman
from auditor.access.model import Knock, Refused

Refusal = Callable[[Scope, Refused], Response]
CHALLENGES = ('Bearer realm="auditor"', 'Basic realm="auditor, with a token as the password", charset="UTF-8"')


class Door:
    """Everything but the addresses for probes needs a caller with the right scope, known to the application or not.

    `refusals` says, by path, who words the refusal, for protocols with errors of their own; problem details otherwise.
    The caller is left in `scope["state"]["caller"]` for the handlers and the trail.
    """

    def __init__(self, app: ASGIApp, doorman: Doorman, refusals: Mapping[str, Refusal] | None = None) -> None:
        self._app, self._doorman, self._refusals = app, doorman, refusals or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":  # nothing here speaks WebSocket, so nothing may
            return None
        needs = needed(scope["method"], scope["path"])
        if needs is None:
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        decision = self._doorman.decide(
            Knock(
                needs=needs,
                address=(scope.get("client") or ("",))[0],
                local=_came_in_locally(scope),
                credential=credential_of(headers.get("authorization")),
                writes=scope["method"] not in READING,
                origin=headers.get("origin"),
                host=headers.get("host", ""),
            )
        )
        state = scope.setdefault("state", {})
        state["caller"] = decision.caller
        if isinstance(decision, Refused):
            answer = self._refusals.get(scope["path"], _problem)(scope, decision)
            for name, value in refusal_headers(decision):
                answer.headers.append(name, value)
            return await answer(scope, receive, send)
        return await self._app(scope, receive, send)


def refusal_headers(refused: Refused) -> list[tuple[str, str]]:
    """The headers that say how to do better: how to authenticate, when to come again."""
    headers = [("www-authenticate", challenge) for challenge in CHALLENGES] if refused.status == 401 else []
    return headers + ([("retry-after", str(refused.retry_after))] if refused.retry_after else [])


def _problem(_: Scope, refused: Refused) -> Response:
    return problem(refused.status, refused.reason)


def _came_in_locally(scope: Scope) -> bool:
    """Whether the request reached the service over loopback, or over a Unix socket, which its file mode guards."""
    server = scope.get("server")
    try:
        return server is None or ip_address(server[0]).is_loopback
    except ValueError:
        return True
