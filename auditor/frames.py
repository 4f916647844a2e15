"""Python objects through a socket between two of our own processes: a length of four bytes, then a pickle."""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_LENGTH = struct.Struct(">I")


def packed(value: object) -> bytes:
    """The frame of a value."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def received(stream: socket.socket) -> Any:
    """The next value. Raises EOFError when the other end is gone, TimeoutError when the socket's time is up."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))  # noqa: S301 - the other end is ours


def _exactly(stream: socket.socket, size: int) -> bytearray:
    data = bytearray()
    while len(data) < size:
        piece = stream.recv(min(size - len(data), 1 << 20))
        if not piece:
            raise EOFError
        data += piece
    return data
