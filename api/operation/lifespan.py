"""What runs as long as the application does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI

During = Callable[[], AbstractAsyncContextManager[Any]]


def during(app: FastAPI, what: During) -> None:
    """Enter `what()` when the application has started, and leave it before anything that was added earlier."""
    before = app.router.lifespan_context

    @asynccontextmanager
    async def both(application: Any) -> AsyncIterator[Any]:
        async with before(application) as state, what():
            yield state

    app.router.lifespan_context = both
