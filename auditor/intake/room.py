"""Room for requests that are not answered yet: a bound in bytes on all that waits in memory."""

from __future__ import annotations

from threading import Lock

PER_REQUEST = 2048  # what a request costs beside its body


class Room:
    """Bytes that may be taken and given back, from any thread."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self.taken = 0

    def take(self, size: int) -> bool:
        """Take bytes; False, and nothing taken, when there are not so many left."""
        with self._lock:
            if self.taken + size > self._size:
                return False
            self.taken += size
            return True

    def give_back(self, size: int) -> None:
        """Give back what was taken."""
        with self._lock:
            self.taken -= size
