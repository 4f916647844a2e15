"""OTLP over gRPC as the specification has it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from api.receivers.grpc_door import Gate, GrpcDoor
from auditor.errors import ConfigError
from auditor.intake import Intake, Limits, Outcome
from auditor.intake.counters import Count
from tests.support.otlp import protobuf, request, span
from tests.support.receiving import spans_in

TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
LIMIT = 1 << 20


def served(intake: Intake, use: Callable[[grpc.aio.Channel], Awaitable[Any]], gate: Gate | None = None) -> Any:
    """What `use` makes of a channel to a running server."""

    async def run() -> Any:
        door = GrpcDoor(intake, gate)
        port = await door.start("127.0.0.1:0")
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                return await use(channel)
        finally:
            await door.stop(0.1)

    return asyncio.run(run())


def sent(intake: Intake, body: bytes, gate: Gate | None = None, **options: Any) -> grpc.aio.AioRpcError | bytes:
    """The answer to a message of these bytes, or the error."""

    async def use(channel: grpc.aio.Channel) -> grpc.aio.AioRpcError | bytes:
        try:
            answer: bytes = await channel.unary_unary(TRACES)(body, timeout=10, **options)
        except grpc.aio.AioRpcError as error:
            return error
        return answer

    return served(intake, use, gate)


@pytest.fixture
def intake(tmp_path: Path) -> Any:
    one = Intake(tmp_path / "intake", Limits(request_bytes=LIMIT))
    one.start()
    yield one
    one.stop()


def body(count: int = 1) -> bytes:
    return protobuf(request(*(span(number, "server", "GET /a") for number in range(1, count + 1))))


def test_the_three_services(intake: Intake) -> None:
    async def use(channel: grpc.aio.Channel) -> list[Any]:
        traces = trace_service_pb2.ExportTraceServiceRequest.FromString(body(3))
        metrics, logs = metrics_service_pb2.ExportMetricsServiceRequest(), logs_service_pb2.ExportLogsServiceRequest()
        logs.resource_logs.add().scope_logs.add().log_records.add()
        return [
            await trace_service_pb2_grpc.TraceServiceStub(channel).Export(traces),
            await metrics_service_pb2_grpc.MetricsServiceStub(channel).Export(metrics),
            await logs_service_pb2_grpc.LogsServiceStub(channel).Export(logs),
        ]

    traces, metrics, logs = served(intake, use)
    assert not traces.HasField("partial_success")
    assert not metrics.HasField("partial_success")
    assert logs.partial_success.rejected_log_records == 1
    assert len(spans_in(intake.folder)) == 3


@pytest.mark.parametrize("compression", [grpc.Compression.Gzip, grpc.Compression.Deflate])
def test_compressed_messages(intake: Intake, compression: Any) -> None:
    assert sent(intake, body(3), compression=compression) == b""
    assert len(spans_in(intake.folder)) == 3


def test_bad_data(intake: Intake) -> None:
    error = sent(intake, b"\x0a\xff\xff\xff ann.lee@example.com")
    assert isinstance(error, grpc.aio.AioRpcError)
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "the body is no OTLP trace request in protobuf"


@pytest.mark.parametrize("options", [{}, {"compression": grpc.Compression.Gzip}])
def test_too_large_is_the_only_exhausted_resource(intake: Intake, options: dict[str, Any]) -> None:
    error = sent(intake, bytes(8 * LIMIT), **options)
    assert isinstance(error, grpc.aio.AioRpcError)
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert sent(intake, body()) == b"", "and it goes on"
    assert intake.counters().of("traces", Outcome.REFUSED) == Count(1, 0)


def test_back_pressure_says_when_to_come_again(intake: Intake) -> None:
    intake.admit(intake.limits.waiting_bytes - 1000)
    error = sent(intake, body())
    assert isinstance(error, grpc.aio.AioRpcError)
    assert error.code() is grpc.StatusCode.UNAVAILABLE
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    status = Status.FromString(details)
    retry = RetryInfo()
    assert status.code == grpc.StatusCode.UNAVAILABLE.value[0]
    assert status.details[0].Unpack(retry)
    assert retry.retry_delay.seconds == 1
    intake.room.give_back(intake.limits.waiting_bytes - 1000)
    assert sent(intake, body()) == b""
    assert intake.room.taken == 0


@dataclass(frozen=True)
class Denied:
    status: int
    reason: str
    retry_after: int | None = None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, grpc.StatusCode.UNAUTHENTICATED),
        (403, grpc.StatusCode.PERMISSION_DENIED),
        (429, grpc.StatusCode.UNAVAILABLE),
    ],
)
def test_a_gate_keeps_calls_out(intake: Intake, status: int, code: grpc.StatusCode) -> None:
    shown = []

    def gate(authorization: str | None, peer: str) -> Denied | None:
        shown.append((authorization, peer.partition(":")[0]))
        return Denied(status, "No.") if authorization != "Bearer good" else None

    error = sent(intake, body(), gate)
    assert isinstance(error, grpc.aio.AioRpcError)
    assert (error.code(), error.details()) == (code, "No.")
    assert spans_in(intake.folder) == []
    assert sent(intake, body(), gate, metadata=(("authorization", "Bearer good"),)) == b""
    assert shown == [(None, "ipv4"), ("Bearer good", "ipv4")]


def test_two_messages_in_one_call_are_no_request(intake: Intake) -> None:
    async def use(channel: grpc.aio.Channel) -> Any:
        return await channel.stream_unary(TRACES)(iter([body(), body(2)]), timeout=10)

    assert served(intake, use) == b"", "the first is the request; what follows it is not read"
    assert len(spans_in(intake.folder)) == 1


def test_a_port_that_is_taken(intake: Intake) -> None:
    async def use(channel: grpc.aio.Channel) -> None:
        door = GrpcDoor(intake)
        port = await door.start("127.0.0.1:0")
        with pytest.raises(ConfigError, match="is the port taken"):
            await GrpcDoor(intake).start(f"127.0.0.1:{port}")
        await door.stop(0)

    served(intake, use)
