"""An issuer's signing keys, fetched beside the requests and kept: no request waits for another server."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Lock, Thread
from typing import Generic, TypeVar

from auditor.access.decide import CannotTell

Key = TypeVar("Key")
FRESH, STALE, PAUSE = 600.0, 86_400.0, 30.0  # seconds: refetched after, not believed after, between two attempts


class KeysError(Exception):
    """Keys that could not be had. Its text is for the operator."""


def in_background(work: Callable[[], None]) -> None:
    """Run `work` in a thread of its own."""
    Thread(target=work, name="issuer-keys", daemon=True).start()


class Keys(Generic[Key]):
    """Keys by their id. A key that is not known is looked for again, but not more often than every half minute."""

    def __init__(
        self,
        load: Callable[[], Mapping[str, Key]],
        clock: Callable[[], float] = time.monotonic,
        run: Callable[[Callable[[], None]], None] = in_background,
    ) -> None:
        self._load, self._clock, self._run = load, clock, run
        self._keys: Mapping[str, Key] = {}
        self._loaded: float | None = None
        self._tried: float | None = None
        self._loading = False
        self._lock = Lock()
        self.trouble: str | None = "the issuer's keys have not been fetched yet"

    def get(self, id: str) -> Key | None:
        """The key of this id, None when the issuer has none. Raises CannotTell while that is not known."""
        now = self._clock()
        age = None if self._loaded is None else now - self._loaded
        if age is not None and age < STALE and id in self._keys:
            if age > FRESH:
                self.refresh()
            return self._keys[id]
        if self.refresh() or self._loading or age is None or age >= STALE:
            raise CannotTell("The keys of the issuer of this token are being fetched; try again.")
        return None

    def refresh(self) -> bool:
        """Fetch in the background, unless that was tried just now. Whether it was begun."""
        with self._lock:
            now = self._clock()
            if self._loading or (self._tried is not None and now - self._tried < PAUSE):
                return False
            self._loading, self._tried = True, now
        self._run(self._fetch)
        return True

    def _fetch(self) -> None:
        try:
            self._keys, self._loaded, self.trouble = self._load(), self._clock(), None
        except KeysError as error:
            self.trouble = str(error)
        finally:
            self._loading = False
