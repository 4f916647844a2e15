"""Compressed bytes to plain ones, as a stream: gzip (also of several members), zstd, or as they are.

A stream that is cut off or damaged ends where it breaks, and says so in `problem`: what came before counts. Growth is
bounded, so that a small file cannot keep the auditor busy for hours; memory is bounded by what is read at a time.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

import zstandard

try:  # three times as fast, where it is there
    from isal import isal_zlib as gzip_library
except ImportError:
    gzip_library = zlib  # type: ignore[misc]

from auditor.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GZIP_ERROR: type[Exception] = gzip_library.error  # type: ignore[assignment]  # its stubs take the class for one of it
_DAMAGED: tuple[type[Exception], ...] = (zlib.error, _GZIP_ERROR, zstandard.ZstdError, EOFError)
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_GROWTH, _FREE = 500, 256 << 20  # refused: over 256 MiB and over 500 times the compressed size
_MAX_TEXT = 256 << 20
_MAX_WINDOW = 32 << 20
_PLAIN_CHUNK = 1 << 18
_CHUNK = {"gzip": 16 << 10, "zstd": 1 << 10}  # input bytes at a time: at most 16 and 32 MiB of output


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class Plain(io.RawIOBase):
    """The plain bytes of a binary stream, whatever it is compressed with. `compressed` counts and `digest` hashes
    the bytes as they are stored; `problem` says after the end why there is no more, in words without input."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.compressed = self.plain = 0
        self.problem: str | None = None
        head = self._take(4)
        self.method = "gzip" if head.startswith(GZIP) else "zstd" if head == ZSTD else None
        self._input, self._output, self._offset = head, b"", 0
        self._inflater: _Inflater | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill `buffer` as far as there are bytes; 0 at the end."""
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view):
            if self._offset >= len(self._output) and not self._next():
                break
            data = self._output[self._offset : self._offset + len(view) - filled]
            view[filled : filled + len(data)] = data
            self._offset += len(data)
            filled += len(data)
        return filled

    def stored(self) -> BinaryIO | None:
        """The file itself, if it is not compressed and can be read at any place: whoever moves in it moves back."""
        return self._file if self.method is None and self._file.seekable() else None

    def digest(self) -> str:
        """The SHA-256 of the whole input as stored; reads what is left of it."""
        while self._take(1 << 20):
            pass
        return self._hash.hexdigest()

    def _take(self, size: int) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        self.compressed += len(data)
        return data

    def _next(self) -> bool:
        """Put the next plain bytes into `_output`; False at the end."""
        if self.method is not None:
            return self._inflate()
        self._output, self._offset = self._input or self._take(_PLAIN_CHUNK), 0
        self._input = b""
        self.plain += len(self._output)
        return bool(self._output)

    def _inflate(self) -> bool:
        """As `_next`; there may be more although nothing came out yet."""
        if self.problem:
            return False
        data = self._input or self._take(_CHUNK[str(self.method)])
        self._input = b""
        if not data:
            if self._inflater is not None:
                self.problem = f"the {self.method} data ends before it is complete"
            return False
        if self._inflater is None:
            data = self._next_member(data)
            if not data:
                return True
        assert self._inflater is not None
        try:
            self._output, self._offset = self._inflater.decompress(data), 0
        except _DAMAGED:
            self._output, self._offset = b"", 0
            self.problem = f"the {self.method} data is damaged"
            return False
        self.plain += len(self._output)
        if self.plain > max(_FREE, _GROWTH * self.compressed):
            self.problem = f"the {self.method} data grows to more than {_GROWTH} times its size and is not read further"
            self._output = b""
            return False
        if self._inflater.eof:
            self._input, self._inflater = self._inflater.unused_data, None
        return True

    def _next_member(self, data: bytes) -> bytes:
        """Start on the next member; b"" when only padding, or something that is none, follows."""
        data = data.lstrip(b"\0") if self.plain else data
        magic = GZIP if self.method == "gzip" else ZSTD
        while data and len(data) < len(magic) and magic.startswith(data) and (more := self._take(4)):
            data += more
        if data.startswith(magic):
            self._inflater = _inflater(str(self.method))
            return data
        if data:
            self.problem = f"bytes that are no {self.method} data follow the {self.method} data"
        return b""


def _inflater(method: str) -> _Inflater:
    if method == "gzip":
        return gzip_library.decompressobj(wbits=31)
    return zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj()


def open_text(path: Path) -> bytes:
    """All plain bytes of a file that may be compressed. Raises InputError: unreadable, damaged or over 256 MiB."""
    try:
        with path.open("rb") as file:
            plain = Plain(file)
            data = io.BufferedReader(plain, 1 << 18).read(_MAX_TEXT + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if plain.problem:
        raise InputError(f"{path}: {plain.problem}; make the file again")
    if len(data) > _MAX_TEXT:
        raise InputError(f"{path}: is larger than {_MAX_TEXT >> 20} MiB; split it")
    return data
