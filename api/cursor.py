"""Cursors: where a page left off, as opaque text that belongs to one list with one set of filters.

A cursor names the last record that was given, not how many there were: records that come or go in between move nothing.
The check sum tells a cursor that was cut, changed or taken from another list. It is no secret: a cursor that somebody
makes up leads to a page that they could have asked for anyway.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping

from api.listing import Key

_CHECK = 9  # bytes


class BadCursor(ValueError):
    """Not a cursor of this list with these filters."""


def encode(key: Key, belongs: Mapping[str, str]) -> str:
    """The cursor behind the record of this key. `belongs` is what it is good for: the list, its filters, its window."""
    text = json.dumps(key, separators=(",", ":")).encode()
    return _encoded(_check(text, belongs) + text)


def decode(cursor: str, belongs: Mapping[str, str]) -> Key:
    """The key in a cursor. Raises BadCursor."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        check, text = raw[:_CHECK], raw[_CHECK:]
        if check != _check(text, belongs) or _encoded(raw) != cursor:
            raise BadCursor
        key = json.loads(text)
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursor from None
    if not isinstance(key, list):
        raise BadCursor
    return tuple(tuple(part) if isinstance(part, list) else part for part in key)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _check(text: bytes, belongs: Mapping[str, str]) -> bytes:
    context = json.dumps(sorted(belongs.items())).encode()
    return hashlib.sha256(b"cursor/1\0" + context + b"\0" + text).digest()[:_CHECK]
