"""The doors of the live service: what takes telemetry in, on the application's own port and over gRPC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

from fastapi import FastAPI

from api.operation.install import Operation
from api.operation.lifespan import during
from api.receivers.app import receivers
from auditor.access.decide import Doorman
from auditor.access.gate import ingest_gate
from auditor.live.service import Live
from auditor.operation.settings import Serve, is_loopback

_GRACE = 5.0  # seconds that calls may take to end


def install(app: FastAPI, live: Live, settings: Serve, doorman: Doorman, operation: Operation) -> None:
    """Add the receivers, their figures and their checks, and gRPC where it is asked for and installed."""
    app.router.routes[:0] = receivers(live.intake)
    operation.metrics.provide(live.samples)
    operation.health.checks.update(live.checks())
    if operation.tracing:
        live.process.around = operation.tracing.audit
    if settings.grpc_port and find_spec("grpc"):
        _serve_grpc(app, live, settings, doorman)


def _serve_grpc(app: FastAPI, live: Live, settings: Serve, doorman: Doorman) -> None:
    from api.receivers.grpc_door import GrpcDoor

    door = GrpcDoor(live.intake, ingest_gate(doorman, is_loopback(settings.host)))

    @asynccontextmanager
    async def listening() -> AsyncIterator[None]:
        await door.start(f"{settings.host}:{settings.grpc_port}")
        try:
            yield
        finally:
            await door.stop(_GRACE)

    during(app, listening)
