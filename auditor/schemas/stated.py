"""What annotations in payload schemas state of a field: categories of personal data, and not to be logged."""

from __future__ import annotations

import re
from collections.abc import Iterable

from classifiers.taxonomy import nearest

_KEY = re.compile(r"(?:user|system)(?:\.[a-z_]\w*)+|user")
_REDACTED = re.compile(
    r"(?:[\w-]+[._])*(?:no_?log(?:ging)?|redact(?:ed)?|mask(?:ed)?|sensitive|secret|debug_redact|pii|confidential)",
    re.IGNORECASE,
)


def stated_categories(values: Iterable[object]) -> tuple[str, ...] | None:
    """The fideslang keys among an annotation's values, each once; None when there is none.

    A team's own key counts when it lies below a known one. The values themselves are dropped.
    """
    keys = [value.strip().lower() for value in values if isinstance(value, str) and len(value) < 200]
    found = dict.fromkeys(key for key in keys if _KEY.fullmatch(key) and nearest(key).key)
    return tuple(found) or None


def is_redacting(name: str, value: object = True) -> bool:
    """Whether an annotation of this name (`@sensitive`, `nolog = "true"`) marks its field as not to be logged."""
    is_off = value is False or (isinstance(value, str) and value.strip().lower() in ("false", "0", "no", "off"))
    return bool(_REDACTED.fullmatch(name)) and not is_off
