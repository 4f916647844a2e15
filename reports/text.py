"""Names from outside, made fit to be seen. Every renderer passes what it prints through here."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_LENGTH = 4000  # characters of one value; a longer name is an attack or an accident
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, direction marks, lone surrogates, line separators


def visible(text: str, limit: int = MAX_LENGTH) -> str:
    """`text` without characters that act or hide: each becomes its code (`\\u202e`); beyond `limit` stands `…`.

    The result can be encoded as UTF-8, holds no terminal escape and no newline, and reads in the order it is stored.
    """
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    if cut.isascii() and cut.isprintable():
        return cut
    return "".join(_code(c) if unicodedata.category(c) in _HIDDEN else c for c in cut)


def anchor(kind: str, name: str) -> str:
    """An element id for `name` that stays the same from report to report and is safe in a link."""
    if re.fullmatch(r"[A-Za-z0-9_.:/-]{1,120}", name):
        return f"{kind}-{name}"
    return f"{kind}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def count(number: int, word: str, plural: str | None = None) -> str:
    """`3 services`, `1 service`, `1,204 spans`."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def share(part: float) -> str:
    """A share in 0..1 as per cent, without ever rounding something to nothing or almost all to all."""
    percent = part * 100
    if 0 < percent < 1:
        return "<1 %"
    return ">99 %" if 99 < percent < 100 else f"{percent:.0f} %"


def _code(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
