"""Reading untrusted values: whatever is given, a value of the wanted type comes back, or None."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from auditor.telemetry.raw import Value

MAX_TIME = 2**63 - 1
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_TRACE_DIGITS, _SPAN_DIGITS = 32, 16


def text_of(value: Value) -> str | None:
    """A text as it is, a number in digits; None for anything else and for an empty text."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def int_of(value: Value) -> int | None:
    """An integer written as a number or as text, as proto3 JSON allows."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if abs(value) <= MAX_TIME else None  # false for NaN too
    if isinstance(value, str) and len(value) <= 20:
        try:
            return int(value)
        except ValueError:
            return None
    return None


def time_ns(value: Value, scale: int = 1) -> int:
    """A time in nanoseconds since the epoch, from a number of `scale` nanoseconds each; 0 when there is none."""
    exact = int_of(value)
    return min(max((exact or 0) * scale, 0), MAX_TIME)


def list_of(value: Value) -> list[Value]:
    """A list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def trace_id(value: Value) -> str | None:
    """32 lower-case hex digits; None for a missing or all-zero id. See `_hex_id`."""
    return _hex_id(value, _TRACE_DIGITS)


def span_id(value: Value) -> str | None:
    """16 lower-case hex digits; None for a missing or all-zero id. See `_hex_id`."""
    return _hex_id(value, _SPAN_DIGITS)


def _hex_id(value: Value, digits: int) -> str | None:
    """Short ids lost leading zeros (Jaeger) or are 64-bit (Zipkin); a text that is no hex may say anything: hashed."""
    if isinstance(value, bytes):
        value = value.hex()
    if not isinstance(value, str) or not value:
        return None
    if len(value) in (_TRACE_DIGITS * 3 // 4, _SPAN_DIGITS * 3 // 4):
        value = _from_base64(value) or value
    value = value.lower()
    if len(value) > digits or not _HEX.fullmatch(value):
        return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:digits]
    padded = value.rjust(digits, "0")
    return padded if padded.strip("0") else None


def _from_base64(text: str) -> str | None:
    """16 or 8 bytes in base64 are 24 or 12 characters, which no hex id of OTLP is; protobuf's own JSON writes them."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded.hex() if len(decoded) in (_TRACE_DIGITS // 2, _SPAN_DIGITS // 2) else None
