"""What of a text from outside may be kept. Every name in a span row went through one of these functions.

Names (of services, hosts, topics, tables, keys, routes) are evidence and stay, except for parts that look like values:

- a part that holds an e-mail address, also one encoded for a URL,
- a UUID, or seven or more digits, in a row or joined by dashes,
- a piece between separators that mixes letters with four or more digits (`c9akciq32rgt81`), unless it is a version.

Each such part becomes `{}`. Public IP addresses lose their last part; private ones name a place in a house and stay.
Span names, which applications fill as they like, are masked harder: see `mask_title`.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote

from auditor.telemetry.memory import remembered

MASK = "{}"
_MAX_NAME, _MAX_TITLE, _MAX_KEY = 200, 120, 80

_PARTS = re.compile(r"([\s/\\,;:|()\[\]<>=&?#\"'`]+)")
_PIECES = re.compile(r"[^\W_]+")
_EMAIL = re.compile(r"[^\s@]@[^\s@]")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_SUFFIX = r"(?:[a-z]{1,12}\d{0,8}|\d{1,8}|(?=\d*[a-f])[0-9a-f]{7,40})"
_VERSION = re.compile(
    rf"v?\d{{1,4}}(?:\.\d{{1,6}}){{1,3}}(?:[a-z]{{1,12}}\d{{0,8}})?(?:[-+.]{_SUFFIX})*", re.IGNORECASE
)
_COMMIT = re.compile(r"(?=.*[a-f])(?=.*\d)[0-9a-f]{7,40}")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")

_QUOTED = re.compile(r"\"[^\"]*\"?|(?<!\w)'[^']*'?|`[^`]*`?|“[^”]*”?")
_QUERY = re.compile(r"[?#]\S*")
_HEX = re.compile(r"(?=[a-f]*\d)[0-9a-f]{8,}", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d[\d.,:-]*")
_DASHED = re.compile(r"\d+(?:-\d+)+")
AT_HOME = ("10.", "127.", "192.168.")  # no address that begins so is public
_KEY = re.compile(r"(?:[^\W\d]|[$@])[\w$.\-:\[\]]*")


@remembered
def mask_name(text: str) -> str | None:
    """A name with the parts that look like values replaced: one line of at most 200 characters, None when empty."""
    line = _line(text, _MAX_NAME)
    masked = "".join(part if index % 2 else _mask_part(part) for index, part in enumerate(_PARTS.split(line)))
    return masked or None


@remembered
def mask_version(text: str) -> str | None:
    """A version or commit as it is, anything else as a name."""
    line = _line(text, _MAX_KEY)
    return line if _VERSION.fullmatch(line) or _COMMIT.fullmatch(line) else mask_name(text)


@remembered
def mask_host(text: str) -> str | None:
    """A host name as a name; an IP address whole when it is private, else without its last part."""
    bare = text.strip().strip("[]").partition("%")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        name = mask_name(text.lower())
        return None if name is None or _PARTS.search(name) else name
    if not address.is_global:
        return str(address)
    if address.version == 4:
        return f"{bare.rpartition('.')[0]}.{MASK}"
    return f"{address.exploded[:14]}::{MASK}"


@remembered
def mask_title(text: str) -> str | None:
    """A span's name as a template: quoted parts, query strings, numbers and whatever `mask_name` masks become `{}`."""
    line = _QUERY.sub(MASK, _QUOTED.sub(MASK, _line(text, 4 * _MAX_TITLE)))
    masked = "".join(
        part if index % 2 else _mask_part(part, strict=True) for index, part in enumerate(_PARTS.split(line))
    )
    return masked[:_MAX_TITLE].strip() or None


@remembered
def key_name(text: str) -> str | None:
    """The name of a key, or None when it does not look like one: then it is more likely a value."""
    name = unquote(text).strip() if "%" in text or "+" in text else text.strip()
    if len(name) > _MAX_KEY or not _KEY.fullmatch(name):
        return None
    masked = mask_name(name)
    return None if masked is None or MASK in masked else masked


def attribute_name(text: str) -> str:
    """An attribute's key as it may be shown: where a leak lies."""
    return key_name(text) or mask_title(text) or MASK


def is_public_address(text: str) -> bool:
    """Whether a text is an IP address of the open internet, with or without a port."""
    bare = text.strip()
    if bare.startswith(AT_HOME):
        return False
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return ipaddress.ip_address(bare.strip("[]")).is_global
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def _line(text: str, longest: int) -> str:
    """One printable line; cut between words' parts rather than kept too long."""
    printable = "".join(character if character.isprintable() else " " for character in text[: 4 * longest])
    return " ".join(printable.split())[:longest]


def _mask_part(part: str, strict: bool = False) -> str:
    if not part:
        return part
    plain = unquote(part) if _ESCAPED.search(part) else part
    if _EMAIL.search(plain) or _UUID.search(plain):
        return MASK
    if strict and (_HEX.fullmatch(plain) or _NUMBER.fullmatch(plain)):
        return MASK
    masked = _DASHED.sub(lambda match: MASK if _digits(match[0]) >= 7 else match[0], plain)
    masked = _PIECES.sub(lambda match: MASK if _is_value(match[0], strict) else match[0], masked)
    if masked == plain:
        return part
    return masked if plain is part else MASK


def _is_value(piece: str, strict: bool) -> bool:
    digits = _digits(piece)
    if digits < 4:
        return False
    return strict or digits < len(piece) or digits >= 7


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)
