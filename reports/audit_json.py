"""Audit <-> audit.json, format privacy-audit/1."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from functools import cache
from typing import Any

from lineage.audit import Audit
from reports.decoding import decode

FORMAT = "privacy-audit/1"


def dumps(audit: Audit) -> str:
    """The audit as JSON text, ASCII only, ending in a newline.

    The same audit gives the same bytes whatever order its parts were found in: the elements of each list stand one a
    line (so that two audits can be compared with a line diff) and are sorted.
    """
    document = _fields(audit)
    version, scope = document.pop("format"), document.pop("scope")
    parts = [f' "format": {_line(version)}', f' "scope": {_scope(_fields(scope))}']
    parts += [f' "{name}": {_lines(v) if isinstance(v, tuple) else _line(v)}' for name, v in document.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def loads(text: str | bytes) -> Audit:
    """Read what `dumps` wrote.

    Raises ValueError, in words for a user, when the text is not JSON, not an audit, or one of a newer format. Keys
    this version does not know are ignored.
    """
    try:
        document = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError):  # not UTF-8, NaN, a number of thousands of digits, too deep
        raise ValueError("not JSON that an auditor wrote") from None
    _check_format(document)
    return decode(Audit, document)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _check_format(document: Any) -> None:
    found = document.get("format") if isinstance(document, dict) else None
    if found == FORMAT:
        return
    if isinstance(found, str) and re.fullmatch(r"privacy-audit/[0-9]{1,4}", found):
        raise ValueError(f"this audit is of format {found}; this auditor reads {FORMAT}: use the auditor that wrote it")
    raise ValueError(f'not an audit: its "format" should be "{FORMAT}"')


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _fields(value: Any) -> dict[str, Any]:
    """A dataclass's fields by name, what they hold as it is: the encoder asks again for dataclasses in it."""
    return {name: getattr(value, name) for name in _names(value.__class__)}


# ASCII keeps lone surrogates, terminal escapes and right-to-left marks from ever being live text
_line = json.JSONEncoder(ensure_ascii=True, allow_nan=False, default=_fields).encode


def _lines(elements: tuple[Any, ...], margin: str = "\n ") -> str:
    lines = sorted(map(_line, elements))
    return f"[{margin} " + f",{margin} ".join(lines) + f"{margin}]" if lines else "[]"


def _scope(scope: dict[str, Any]) -> str:
    values = {key: _lines(v, "\n  ") if isinstance(v, tuple) else _line(v) for key, v in scope.items()}
    return "{\n" + ",\n".join(f'  "{key}": {value}' for key, value in values.items()) + "\n }"
