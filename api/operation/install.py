"""Puts probes, metrics, the trail, traces and the orderly stop around an application."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI

from api.operation import news, routes
from api.operation.drain import draining
from api.operation.lifespan import during
from api.operation.observe import Observe
from api.operation.templates import Templates
from auditor.access.trail import Trail
from auditor.errors import ConfigError
from auditor.notify.notifier import Notifier, Target
from auditor.notify.webhook import secret_of
from auditor.operation.audited import samples_of
from auditor.operation.families import Sample
from auditor.operation.health import Health
from auditor.operation.metrics import Metrics
from auditor.operation.settings import Serve
from lineage.audit import Audit

if TYPE_CHECKING:
    from auditor.operation.tracing import SelfTracing


@dataclass(frozen=True, slots=True)
class Operation:
    """What other parts plug into: checks into `health`, providers of figures into `metrics`; `tracing`, of itself."""

    health: Health
    metrics: Metrics
    tracing: SelfTracing | None = None


def install(app: FastAPI, settings: Serve, audit: Callable[[], Audit | None]) -> Operation:
    """Add the addresses and the middleware, and leave what was made in `app.state.operation`.

    To be called after the door was added, so that the refused are seen too, and before the headers that are for every
    answer. Raises ConfigError when the trail cannot be opened or the SDK for traces is not there.
    """
    trail = Trail(settings.trail) if settings.trail else None
    tracing = _tracing(settings.tracing) if settings.tracing else None
    operation = app.state.operation = Operation(Health(), Metrics(), tracing)
    app.include_router(routes.router)
    app.add_middleware(Observe, templates=Templates(app), metrics=operation.metrics, trail=trail, tracing=tracing)
    operation.metrics.provide(lambda: [Sample("auditor_build_info", 1, (version("privacy-auditor"),))])
    operation.metrics.provide(lambda: samples_of(found) if (found := audit()) else ())
    if trail:
        operation.metrics.provide(lambda: [Sample("auditor_trail_lost_total", trail.lost)])

    if settings.state:
        _tell_news(app, settings, operation, audit)

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        async with draining(operation.health, settings.drain):
            yield
        if tracing:
            tracing.close()
        if trail:
            trail.close()

    during(app, running)
    return operation


def _tell_news(app: FastAPI, settings: Serve, operation: Operation, audit: Callable[[], Audit | None]) -> None:
    """Feeds, and the webhook where there is one. Raises ConfigError."""
    assert settings.state
    target = Target(settings.webhook, secret_of(os.environ)) if settings.webhook else None
    notifier = app.state.notifier = Notifier(settings.state, target)
    app.include_router(news.router)
    operation.metrics.provide(notifier.samples)
    operation.health.checks["news"] = notifier.trouble
    during(app, lambda: news.telling(notifier, audit))


def _tracing(endpoint: str) -> SelfTracing:
    try:
        from auditor.operation.tracing import SelfTracing
    except ImportError:
        raise ConfigError("serve.tracing needs more packages: install privacy-auditor[tracing]") from None
    return SelfTracing(endpoint)
