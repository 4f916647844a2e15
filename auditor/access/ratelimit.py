"""Token buckets: so many requests a second, with a reserve for bursts, per key and in bounded memory."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

MAX_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` requests on average, `burst` at once."""

    per_second: float
    burst: int


class RateLimit:
    """A bucket for each key. When there are too many keys, the one that was quiet longest starts afresh."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic, max_keys: int = MAX_KEYS) -> None:
        self._rate, self._clock, self._max_keys = rate, clock, max_keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> requests left, at what time
        self._lock = Lock()

    def wait(self, key: str) -> int:
        """Take one request from the bucket of `key`: 0 when it was there, else the seconds until it will be."""
        with self._lock:
            now = self._clock()
            left, then = self._buckets.pop(key, (float(self._rate.burst), now))
            left = min(self._rate.burst, left + (now - then) * self._rate.per_second)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, now)
            if len(self._buckets) > self._max_keys:
                self._buckets.popitem(last=False)
            return 0 if allowed else max(1, math.ceil((1 - left) / self._rate.per_second))

    def __len__(self) -> int:
        return len(self._buckets)
