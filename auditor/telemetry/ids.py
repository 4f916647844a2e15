"""Ids between hex digits and the whole numbers that span batches hold."""

from __future__ import annotations

import hashlib

from auditor.telemetry.columns import Ints

_DIGITS = 16
_BITS = 4 * _DIGITS
_ALL = (1 << _BITS) - 1


def trace_number(trace_id: str) -> tuple[int, int]:
    """The high and low 64 bits of a trace id of 32 hex digits, unsigned. Raises ValueError for what is no hex."""
    return int(trace_id[:_DIGITS], 16), int(trace_id[_DIGITS:], 16)


def span_number(span_id: str) -> int:
    """A span id of 16 hex digits, unsigned. One with a mark behind `~`, as Zipkin's halves have it, is hashed.

    Raises ValueError for what is no hex.
    """
    if "~" in span_id:
        return int.from_bytes(hashlib.blake2b(span_id.encode(), digest_size=_DIGITS // 2).digest(), "big")
    return int(span_id, 16)


def trace_text(high: int, low: int) -> str:
    """A trace id in hex digits again, of signed or unsigned numbers."""
    return f"{high & _ALL:016x}{low & _ALL:016x}"


def span_text(number: int) -> str:
    """A span id in hex digits again, of a signed or unsigned number."""
    return f"{number & _ALL:016x}"


def texts_of(words: Ints) -> list[str]:
    """Ids in hex digits again: `words[i, j]` are 64 bits of id i, the highest first."""
    digits = words.astype(">i8").tobytes().hex()
    size = _DIGITS * words.shape[1]
    return [digits[begin : begin + size] for begin in range(0, len(digits), size)]
