"""What senders are told over HTTP: OTLP's own responses, and for everything else a `google.rpc.Status`.

Both in the encoding of the request; JSON when that is not known. OTLP 1.11, "OTLP/HTTP Response".
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from google.protobuf.json_format import MessageToDict
from google.rpc.code_pb2 import Code
from google.rpc.status_pb2 import Status
from starlette.datastructures import Headers
from starlette.responses import Response

from api.receivers.exports import export_response
from auditor.intake.messages import Answer, Outcome, Reason, Signal

PROTOBUF, JSON = "application/x-protobuf", "application/json"
OF_STATUS = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    405: Code.UNIMPLEMENTED,
    408: Code.DEADLINE_EXCEEDED,
    413: Code.RESOURCE_EXHAUSTED,
    415: Code.INVALID_ARGUMENT,
    429: Code.UNAVAILABLE,
    503: Code.UNAVAILABLE,
}
_OF_REASON = {
    Reason.TOO_LARGE: 413,
    Reason.TOO_SLOW: 408,
    Reason.NOT_SPOKEN: 415,
    Reason.OVERLOAD: 503,
    Reason.STORE: 503,
    Reason.STOPPING: 503,
}


def media_type(headers: Headers) -> str:
    """The content type of a request, without parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def otlp_reply(signal: Signal, answer: Answer, media: str) -> Response:
    """The response to an OTLP request."""
    if answer.outcome is not Outcome.ACCEPTED:
        return failure_reply(answer, media)
    message = export_response(signal, answer)
    if media == PROTOBUF:
        return Response(message.SerializeToString(), 200, media_type=PROTOBUF)
    return Response(orjson.dumps(MessageToDict(message)), 200, media_type=JSON)


def accepted_reply(_: Signal, answer: Answer, media: str) -> Response:
    """The response to a Zipkin or Jaeger request: 202, as their collectors answer."""
    return Response(None, 202) if answer.outcome is Outcome.ACCEPTED else failure_reply(answer, media)


def failure_reply(answer: Answer, media: str) -> Response:
    """The response to a request that was rejected or refused."""
    return status_reply(http_status(answer), answer.message, media, answer.retry_seconds)


def http_status(answer: Answer) -> int:
    """The HTTP status of a request that was rejected or refused."""
    return _OF_REASON.get(answer.reason, 400)


def status_reply(
    status: int, message: str, media: str, retry_after: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """A response of an HTTP status with a `Status` in its body."""
    body = Status(code=OF_STATUS[status], message=message)
    sent = dict(headers or {})
    if retry_after is not None:
        sent["Retry-After"] = str(retry_after)
    if media == PROTOBUF:
        return Response(body.SerializeToString(), status, sent, PROTOBUF)
    return Response(orjson.dumps(MessageToDict(body)), status, sent, JSON)
