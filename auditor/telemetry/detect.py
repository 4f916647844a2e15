"""What a file holds, told by its first bytes: never by its name."""

from __future__ import annotations

from codecs import BOM_UTF8 as BOM
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from auditor.telemetry.framing import FRAMINGS, Framing

Signal = Literal["traces", "metrics", "logs"]
HEAD = 1 << 20  # bytes that are enough to tell
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_METRIC_DATA = (5, 7, 9, 10, 11)


@dataclass(frozen=True, slots=True)
class Detected:
    """`framing` is None for JSON, whose documents tell for themselves what they are."""

    framing: Framing | None = None
    signal: Signal = "traces"


@dataclass(frozen=True, slots=True)
class _Field:
    number: int
    wire: int
    begin: int
    end: int  # may lie beyond the bytes at hand


def detect(head: bytes) -> Detected | None:
    """What the first bytes (at most `HEAD`) of a plain stream are, or None when it is nothing known."""
    if head.removeprefix(BOM).lstrip()[:1] in (b"{", b"["):
        return Detected()
    for framing in FRAMINGS:
        signal = _signal(head, framing)
        if signal is not None:
            return Detected(framing, signal)
    return None


def _signal(head: bytes, framing: Framing) -> Signal | None:
    """What the first span, metric or log record is; None when the bytes are not framed so or hold none of these."""
    for request_begin, request_end in _requests(head, framing):
        for resource in _fields(head, request_begin, request_end, 1):
            for scope in _fields(head, resource.begin, resource.end, 2):
                for leaf in _fields(head, scope.begin, scope.end, 2):
                    return _kind_of(head, leaf)
    return None


def _requests(head: bytes, framing: Framing) -> Iterator[tuple[int, int]]:
    """Where requests begin and end."""
    if framing == "bare":
        yield 0, len(head)
        return
    at = 0
    while at < len(head):
        if framing == "fixed":
            length, begin = int.from_bytes(head[at : at + 4], "big"), at + 4
        else:
            length, begin = _varint(head, at)
        if begin < 0 or (length and head[begin : begin + 1] not in (b"\x0a", b"")):
            return
        yield begin, begin + length
        at = begin + length


def _fields(data: bytes, begin: int, end: int, number: int) -> Iterator[_Field]:
    """The length-delimited fields of one number, until something is wrong."""
    return (field for field in _walk(data, begin, end) if field.number == number and field.wire == _BYTES)


def _walk(data: bytes, begin: int, end: int) -> Iterator[_Field]:
    at = begin
    while at < min(end, len(data)):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if at < 0 or not 0 < number < 2048:
            return
        if wire == _VARINT:
            _, after = _varint(data, at)
        elif wire == _BYTES:
            length, at = _varint(data, at)
            after = at + length
        elif wire in (_FIXED32, _FIXED64):
            after = at + (4 if wire == _FIXED32 else 8)
        else:
            return
        if at < 0 or after < 0 or after > end:
            return
        yield _Field(number, wire, at, after)
        at = after


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """(value, index after it); the index is -1 when there is none."""
    value = 0
    for shift in range(0, 70, 7):
        if not 0 <= at < len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    return 0, -1


def _kind_of(data: bytes, leaf: _Field) -> Signal | None:
    """Spans have ids of 16 and 8 bytes, metrics a name and data points, log records a time first."""
    found = {field.number: field for field in _walk(data, leaf.begin, leaf.end)}
    first, second = found.get(1), found.get(2)
    if first is None or first.wire == _FIXED64:
        time = found.get(11)
        return "logs" if first is not None or (time is not None and time.wire == _FIXED64) else None
    if first.wire != _BYTES:
        return None
    has_data = any(number in found and found[number].wire == _BYTES for number in _METRIC_DATA)
    is_id = first.end - first.begin == 16 and second is not None and second.end - second.begin == 8
    starts = found.get(7)
    if is_id and (starts is None or starts.wire == _FIXED64):
        return "traces"
    return "metrics" if has_data else None
