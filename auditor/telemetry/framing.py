"""How OTLP protobuf messages lie one after another in a file.

- `bare`: an ExportTraceServiceRequest by itself, or several glued together: fields 1 of type ResourceSpans;
- `varint`: requests, each behind its length as a varint;
- `fixed`: requests, each behind its length as four bytes, most significant first.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Literal

Framing = Literal["bare", "varint", "fixed"]
FRAMINGS: tuple[Framing, ...] = ("bare", "varint", "fixed")
MAX_MESSAGE = 256 << 20
FIELD_1 = b"\x0a"  # field number 1, length-delimited
Fault = Callable[[str, str], None]  # where, what


class CutOff(ValueError):
    """The bytes end inside a message, or are no messages at all."""


def read_requests(stream: io.BufferedIOBase, framing: Framing, fault: Fault) -> Iterator[tuple[str, bytes]]:
    """(where, encoded ExportTraceServiceRequest) one after another; a bare one part by part.

    Bytes that end in the middle of a message, or are none, are told to `fault`: nothing can be found after them.
    """
    offset = 0
    while True:
        try:
            frame = _frame(stream, framing)
        except CutOff as problem:
            fault(f"byte {offset}", str(problem))
            return
        if frame is None:
            return
        header, message = frame
        yield f"byte {offset}", header + message if framing == "bare" else message
        offset += len(header) + len(message)


def _frame(stream: io.BufferedIOBase, framing: Framing) -> tuple[bytes, bytes] | None:
    """(header, message), or None at the end."""
    found = read_header(stream, framing)
    if found is None:
        return None
    header, length = found
    message = stream.read(length)
    if len(message) < length:
        raise CutOff("the message is cut off")
    return header, message


def read_header(stream: io.BufferedIOBase, framing: Framing) -> tuple[bytes, int] | None:
    """(what stands before a message, the message's length), or None at the end. Raises CutOff."""
    header = stream.read(4 if framing == "fixed" else 1)
    if not header:
        return None
    if framing == "fixed":
        if len(header) < 4:
            raise CutOff("the message is cut off")
        length = int.from_bytes(header, "big")
    else:
        if framing == "bare":
            if header != FIELD_1:
                raise CutOff("is not an OTLP trace request")
            digits = _varint(stream, stream.read(1))
            header += digits
        else:
            header = digits = _varint(stream, header)
        length = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(digits))
    if length > MAX_MESSAGE:
        raise CutOff(f"states a message larger than {MAX_MESSAGE >> 20} MiB")
    return header, length


def _varint(stream: io.BufferedIOBase, digits: bytes) -> bytes:
    """The bytes of a varint of which the first is read already."""
    while digits and digits[-1] & 0x80:
        if len(digits) > 4:
            raise CutOff("states an impossible length")
        following = stream.read(1)
        if not following:
            digits = b""
        digits += following
    if not digits:
        raise CutOff("the message is cut off")
    return digits
