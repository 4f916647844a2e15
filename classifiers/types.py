"""What a declared type, as written in any dialect, says of a field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from classifiers.rules import lexicon

_BASE = re.compile(r"[a-z_][a-z0-9_]*")
_LONG = frozenset(
    "text clob ntext tinytext mediumtext longtext citext json jsonb xml blob mediumblob longblob bytea lt st ut".split()
)
_WORDY = 200  # characters from which a bounded text has room for sentences
_CODED = frozenset({"enum", "set", "cs"})


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared type: its family, whether it allows agreed codes only, and whether it is made for long texts.

    `string` and a bare `varchar` say nothing of the length: they do not count as long.
    """

    family: str | None
    coded: bool
    long: bool


@lru_cache(maxsize=4096)
def declared(written: str | None) -> Declared:
    """Read a type as written: SQL of any dialect, protobuf scalars, JSON schema types, DICOM's codes."""
    if not written:
        return Declared(None, coded=False, long=False)
    base, _, size = written.strip().lower().partition("(")
    base, size = base.strip(), size.strip().rstrip(") ")
    roomy = size == "max" or (size.isascii() and size.isdigit() and int(size[:9]) >= _WORDY)
    return Declared(family(written), base in _CODED, base in _LONG or roomy)


@lru_cache(maxsize=4096)
def family(written: str | None) -> str | None:
    """text, integer, number, date, boolean, binary, uuid, inet, json, geo, object; None when unknown."""
    if not written:
        return None
    lowered = written.strip().lower()
    compact = lowered.replace(" ", "")
    base = _BASE.match(lowered)
    families = lexicon().types
    for name, words in families.items():
        if compact in words or (base and base[0] in words and name != "boolean"):
            return name
    return "boolean" if base and base[0] in families["boolean"] else None


def is_person_name(written: str | None) -> bool:
    """Whether the type itself says that the value is a person's name: DICOM's value representation PN."""
    return written is not None and written.strip() == "PN"
