"""An orderly stop: on SIGTERM the service says that it is not ready, waits for load balancers to notice, then ends."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

from auditor.operation.health import Health
from auditor.operation.logs import tell

_log = logging.getLogger(__name__)


@asynccontextmanager
async def draining(health: Health, seconds: float) -> AsyncIterator[None]:
    """Delay the server's own handling of SIGTERM by `seconds`. A second SIGTERM does not wait."""
    if threading.current_thread() is not threading.main_thread():  # signals come to the main thread only
        yield
        return
    loop = asyncio.get_running_loop()
    stop = signal.getsignal(signal.SIGTERM)

    def told(number: int, frame: FrameType | None) -> None:
        if not callable(stop):
            raise SystemExit(0)
        if health.draining:
            stop(number, frame)
            return
        health.draining = True
        loop.call_soon_threadsafe(_later, seconds, lambda: stop(number, None))

    def _later(delay: float, what: object) -> None:
        tell(_log, logging.INFO, "draining", seconds=delay)
        loop.call_later(delay, what)  # type: ignore[arg-type]

    signal.signal(signal.SIGTERM, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, stop)
