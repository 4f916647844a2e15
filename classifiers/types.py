"""What a declared type, as written in any dialect, says of a field: its family."""

from __future__ import annotations

import re
from functools import lru_cache

from classifiers.rules import lexicon

_BASE = re.compile(r"[a-z_][a-z0-9_]*")


@lru_cache(maxsize=4096)
def family(declared: str | None) -> str | None:
    """text, integer, number, date, boolean, binary, uuid, inet, json, geo, object; None when unknown.

    Takes SQL types of any dialect, protobuf scalars, JSON schema types and DICOM's value representations.
    """
    if not declared:
        return None
    lowered = declared.strip().lower()
    compact = lowered.replace(" ", "")
    base = _BASE.match(lowered)
    families = lexicon().types
    for name, words in families.items():
        if compact in words or (base and base[0] in words and name != "boolean"):
            return name
    return "boolean" if base and base[0] in families["boolean"] else None


def is_person_name(declared: str | None) -> bool:
    """Whether the type itself says that the value is a person's name: DICOM's value representation PN."""
    return declared is not None and declared.strip() == "PN"
