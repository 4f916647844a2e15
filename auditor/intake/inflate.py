"""Compressed bodies to plain bytes, never more than a limit: what grows beyond it is given up at once.

gzip of several members and zstd of several frames are read whole; HTTP's deflate with and without zlib's wrapper.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import zstandard

ENCODINGS = ("identity", "gzip", "deflate", "zstd")
_WINDOW = 8 << 20  # RFC 9659: what an HTTP decoder must support, and may refuse to exceed
_STEP = 1 << 20
_ZSTD_STEP = 1 << 10  # input bytes at a time: at most 32 MiB of output


class TooLarge(ValueError):
    """The plain bytes would exceed the limit."""


class Damaged(ValueError):
    """These bytes are not what their encoding says."""


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """The plain bytes of a body. Raises TooLarge, Damaged, and KeyError for an encoding not in `ENCODINGS`."""
    return _INFLATE[encoding](body, limit)


def _identity(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise TooLarge
    return body


def _gzip(body: bytes, limit: int) -> bytes:
    return _members(body, limit, 31)


def _deflate(body: bytes, limit: int) -> bytes:
    is_wrapped = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _members(body, limit, 15 if is_wrapped else -15)


def _members(body: bytes, limit: int, window: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while body:
        stream = zlib.decompressobj(window)
        while not stream.eof:
            try:
                part = stream.decompress(body, min(_STEP, limit - size + 1))
            except zlib.error:
                raise Damaged from None
            size += len(part)
            if size > limit:
                raise TooLarge
            if not part and not stream.eof and not stream.unconsumed_tail:
                raise Damaged  # it ends in the middle
            parts.append(part)
            body = stream.unconsumed_tail
        body = stream.unused_data
        if window != 31 and body:
            raise Damaged  # only gzip has members
    return b"".join(parts)


def _zstd(body: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    size = at = 0
    decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    frame: zstandard.ZstdDecompressionObj | None = None
    while at < len(body):
        frame = frame or decompressor.decompressobj()
        piece = body[at : at + _ZSTD_STEP]
        try:
            part = frame.decompress(piece)
        except zstandard.ZstdError:
            raise Damaged from None
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
        at += len(piece)
        if frame.eof:
            at -= len(frame.unused_data)
            frame = None
    if frame is not None:
        raise Damaged  # it ends in the middle
    return b"".join(parts)


_INFLATE: dict[str, Callable[[bytes, int], bytes]] = {
    "identity": _identity,
    "gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}
