"""OTLP over gRPC: the services of traces, metrics and logs.

The handlers take a stream of requests, which on the wire is the same as one request: so a call is let in, and room
taken, before its message is read. OTLP 1.11, "OTLP/gRPC Response".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from api.receivers.app import Denial
from api.receivers.exports import export_response
from api.receivers.replies import OF_STATUS, http_status
from auditor.errors import ConfigError
from auditor.intake import Intake
from auditor.intake.messages import Answer, Delivery, Outcome, Reason, Refused, Signal
from auditor.intake.room import PER_REQUEST

Gate = Callable[[str | None, str], Denial | None]  # the call's `authorization` and the caller's address
Call = grpc.aio.ServicerContext[bytes, bytes]
_SERVICES: dict[str, Signal] = {"trace.v1.Trace": "traces", "metrics.v1.Metrics": "metrics", "logs.v1.Logs": "logs"}
_CODES = {code.value[0]: code for code in grpc.StatusCode}
_REPLY_BYTES, _STREAMS, _METADATA_BYTES = 4 << 20, 64, 16 << 10


class GrpcDoor:
    """Serves the three services into an intake that has been started; `gate` may keep calls out."""

    def __init__(self, intake: Intake, gate: Gate | None = None) -> None:
        self._intake, self._gate = intake, gate
        self._server: grpc.aio.Server | None = None

    async def start(self, address: str) -> int:
        """Listen on "host:port" and return the port. Raises ConfigError when that cannot be."""
        options = [
            ("grpc.max_receive_message_length", self._intake.limits.request_bytes),
            ("grpc.max_send_message_length", _REPLY_BYTES),
            ("grpc.max_concurrent_streams", _STREAMS),
            ("grpc.max_metadata_size", _METADATA_BYTES),
            ("grpc.so_reuseport", 0),
        ]
        server = grpc.aio.server(options=options)
        for name, signal in _SERVICES.items():
            export: Any = grpc.stream_unary_rpc_method_handler(partial(self._export, signal))
            service = f"opentelemetry.proto.collector.{name}Service"
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": export}),))
        try:
            port = server.add_insecure_port(address)
        except RuntimeError:
            raise ConfigError(f"gRPC: {address} cannot be listened on; is the port taken?") from None
        await server.start()
        self._server = server
        return port

    async def stop(self, seconds: float) -> None:
        """Take no more calls, and end those that last longer than `seconds`."""
        if self._server is not None:
            await self._server.stop(seconds)

    async def _export(self, signal: Signal, requests: AsyncIterator[bytes], call: Call) -> bytes:
        """Serve one call."""
        if denial := self._denied(call):
            self._intake.count_refused(signal, Reason.DENIED)
            await _end(call, OF_STATUS[denial.status], denial.reason, denial.retry_after)
        try:
            body = await self._message(requests)
        except Refused as refused:
            self._intake.count_refused(signal, refused.answer.reason)
            answer = refused.answer
        else:
            answer = await asyncio.wrap_future(self._intake.deliver(Delivery(signal, "protobuf", "identity", body)))
        if answer.outcome is not Outcome.ACCEPTED:
            await _end(call, OF_STATUS[http_status(answer)], answer.message, answer.retry_seconds)
        return export_response(signal, answer).SerializeToString()

    def _denied(self, call: Call) -> Denial | None:
        if self._gate is None:
            return None
        shown = next((value for key, value in call.invocation_metadata() or () if key == "authorization"), None)
        return self._gate(shown if isinstance(shown, str) else None, call.peer())

    async def _message(self, requests: AsyncIterator[bytes]) -> bytes:
        """The message of a call, for which room is taken. Raises Refused, and then none is."""
        self._intake.admit(PER_REQUEST)
        try:
            async with asyncio.timeout(self._intake.limits.body_seconds):
                body = await anext(requests, None)
            if body is None:
                raise Refused(Answer(Outcome.REFUSED, Reason.MALFORMED, message="a call without a message"))
            self._intake.admit(len(body))
        except TimeoutError:
            self._intake.room.give_back(PER_REQUEST)
            raise Refused(Answer(Outcome.REFUSED, Reason.TOO_SLOW, message="the message came too slowly")) from None
        except BaseException:
            self._intake.room.give_back(PER_REQUEST)
            raise
        return body


async def _end(call: Call, code: Any, message: str, retry_after: int | None) -> None:
    """End a call with a status, and with RetryInfo where sending again makes sense."""
    trailing = []
    if retry_after is not None:
        retry = AnyMessage()
        retry.Pack(RetryInfo(retry_delay=Duration(seconds=retry_after)))
        status = Status(code=code, message=message, details=[retry])
        trailing.append(("grpc-status-details-bin", status.SerializeToString()))
    await call.abort(_CODES[code], message, tuple(trailing))
