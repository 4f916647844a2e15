"""The receivers over HTTP: their routes, and how the requests that are kept out before them are told so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from api.receivers.door import Door, Reply
from api.receivers.replies import JSON, PROTOBUF, accepted_reply, media_type, otlp_reply, status_reply
from auditor.intake import Intake
from auditor.intake.messages import Form, Reason, Signal

_OTLP: Mapping[str, Form] = {PROTOBUF: "protobuf", JSON: "json"}
_ADDRESSES: Mapping[str, tuple[Signal, Mapping[str, Form], Reply]] = {
    "/v1/traces": ("traces", _OTLP, otlp_reply),
    "/v1/metrics": ("metrics", _OTLP, otlp_reply),
    "/v1/logs": ("logs", _OTLP, otlp_reply),
    "/api/v2/spans": ("traces", {JSON: "zipkin"}, accepted_reply),
    "/api/traces": ("traces", {JSON: "jaeger"}, accepted_reply),
}


class Denial(Protocol):
    """Why a request is kept out: an HTTP status (401, 403, 429, 503), a sentence, and seconds to wait."""

    @property
    def status(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def retry_after(self) -> int | None: ...


def receivers(intake: Intake) -> list[BaseRoute]:
    """The routes that take telemetry into `intake`, which has been started."""
    return [
        Route(path, Door(intake, signal, spoken, reply), include_in_schema=False)
        for path, (signal, spoken, reply) in _ADDRESSES.items()
    ]


class Refusals:
    """Words the refusals of an authentication that stands before the receivers, by path, and counts them."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def by_path(self) -> Mapping[str, Refusals]:
        """Itself, for each address of a receiver."""
        return dict.fromkeys(_ADDRESSES, self)

    def __call__(self, scope: Scope, denial: Denial) -> Response:
        """The response to a request that is kept out."""
        self._intake.count_refused(_ADDRESSES[scope["path"]][0], Reason.DENIED)
        return status_reply(denial.status, denial.reason, media_type(Headers(scope=scope)), denial.retry_after)
