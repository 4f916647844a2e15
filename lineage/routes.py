"""How well the path of an exchange fits the path of an endpoint."""

from __future__ import annotations

import re

_PARAMETER = re.compile(r"[{<:*\[(].*|\?|.*[}>]|\W*")  # {id}, <int:id>, :id, *, [id], (id), ?, or no letter at all
FULL, PREFIXED = 1.0, 0.5  # the whole path, or all but a prefix that a gateway adds or a route leaves out


def fit(seen: str, declared: str) -> float:
    """How well `METHOD /path` as seen fits the declared one; 0 when it does not. More literal words fit better."""
    method, _, path = seen.partition(" ")
    wanted, _, route = declared.partition(" ")
    if method.upper() != wanted.upper():
        return 0.0
    have, want = _segments(path), _segments(route)
    if len(have) == len(want):
        return FULL * _together(have, want) if want else FULL
    longer, shorter = (have, want) if len(have) > len(want) else (want, have)
    ends = longer[len(longer) - len(shorter) :]
    if not any(a.lower() == b.lower() and not _is_parameter(a) for a, b in zip(ends, shorter, strict=True)):
        return 0.0
    return PREFIXED * (_together(ends, shorter) if len(have) > len(want) else _together(shorter, ends))


def _segments(path: str) -> list[str]:
    return [segment for segment in path.strip().partition("?")[0].split("/") if segment]


def _together(have: list[str], want: list[str]) -> float:
    total = 0.0
    for seen, declared in zip(have, want, strict=True):
        if _is_parameter(declared):
            total += 0.8 if _is_parameter(seen) else 0.5
        elif _is_parameter(seen):
            total += 0.2  # a word that was masked as if it were a value
        elif seen.lower() == declared.lower():
            total += 1.0
        else:
            return 0.0
    return total / len(want)


def _is_parameter(segment: str) -> bool:
    return _PARAMETER.fullmatch(segment) is not None
