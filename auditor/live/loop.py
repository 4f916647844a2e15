"""A thread that does one thing again and again: nothing but `stop` ends it, and what goes wrong is told once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from auditor.errors import AuditorError
from auditor.operation.logs import tell

_log = logging.getLogger(__name__)


class Loop:
    """Calls `turn` with the time (seconds since the epoch), then waits for `pause` seconds. One that fails is tried
    again; `trouble` says meanwhile why it fails, in words that quote no input."""

    def __init__(self, name: str, turn: Callable[[float], None], pause: float) -> None:
        self._name, self._turn, self._pause = name, turn, pause
        self._stop = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self.trouble: str | None = None
        self.failures = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """End behind the turn that is being done. False when that takes longer than `seconds`."""
        self._stop.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def is_stopping(self) -> bool:
        """Whether a long turn had better end."""
        return self._stop.is_set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._turn(time.time())
                self.trouble = None
            except Exception as error:  # whatever it is, the service goes on with what it has
                self._failed(error)
            self._stop.wait(self._pause)

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        words = str(error) if isinstance(error, AuditorError) else type(error).__name__
        if words != self.trouble:
            tell(_log, logging.ERROR, f"{self._name} are behind", error=words)
        self.trouble = words
