"""How much the intake takes at once, and how long it remembers."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, seconds and counts; the defaults suit one process with 2 GiB of memory."""

    request_bytes: int = 64 * MIB  # of one request, after decompression, over all its layers (OTLP's suggestion)
    waiting_bytes: int = 128 * MIB  # of all requests that were begun and not answered yet, as they came
    group_requests: int = 256  # written, and acknowledged, together
    group_bytes: int = 8 * MIB  # after decompression; a larger request makes a group of its own
    group_seconds: float = 0.005  # how long the first of a group waits for others
    remembered_seconds: float = 3600.0  # a span sent again within this time changes nothing
    remembered_spans: int = 4_000_000  # at most: the window gets shorter when more come; 16 to 32 bytes of memory each
    journal_bytes: int = 8 << 30  # what may wait on disk to be taken over into the store
    free_bytes: int = 64 * MIB  # left free on the disk
    body_seconds: float = 30.0  # for a client to send a body
    retry_seconds: int = 1  # what a refused client is told to wait
