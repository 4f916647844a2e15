"""What an HTTP operation is called: method and route, the values in it masked."""

from __future__ import annotations

import re

from auditor.telemetry.memory import remembered
from auditor.telemetry.redact import MASK, key_name, mask_name
from auditor.telemetry.vocabulary import API_WORDS

METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT QUERY".split())
OTHER_METHOD = "_OTHER"  # as the semantic conventions call a method that is not known
_MAX_SEGMENTS, _MAX_PATH = 12, 1000

_REGEX_SIGNS = re.compile(r"\(\?|\\[A-Za-z.\-/]|[$^]")
_WORDS = re.compile(r"[A-Za-z][a-z]*|[A-Z]+|\d+|[^\W\d]+")
_VERSION = re.compile(r"v\d{1,2}(?:\.\d{1,2})?", re.IGNORECASE)
_COLON_PARAMETER = re.compile(r"(?<=/):([A-Za-z_]\w*)\??")
_ANGLE_PARAMETER = re.compile(r"<(?:[\w.]+(?:\([^)]*\))?:)?([A-Za-z_]\w*)>")
_BRACE_PARAMETER = re.compile(r"\{\*{0,2}([A-Za-z_][\w.\-]*)(?:[:=?*][^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}")
_BRACKET_PARAMETER = re.compile(r"\[{1,2}(?:\.{3})?([A-Za-z_]\w*)\]{1,2}")
_PARAMETER = re.compile(r"\{([^{}]+)\}")
_NAMED = re.compile(r"\?P?<([A-Za-z_]\w*)>")


def method_of(text: str | None) -> str:
    """A known HTTP method in capitals, or `_OTHER`."""
    method = (text or "").upper()
    return method if method in METHODS else OTHER_METHOD


@remembered
def readable_route(route: str) -> str:
    """A route of any framework as `/users/{id}`: Django's regular expressions, Flask's and Rails' parameters too."""
    text = route[:_MAX_PATH]
    text = _plain_regex(text) if _REGEX_SIGNS.search(text) else text
    text = _ANGLE_PARAMETER.sub(r"{\1}", text)
    text = _COLON_PARAMETER.sub(r"{\1}", text)
    text = _BRACKET_PARAMETER.sub(r"{\1}", text)
    text = _BRACE_PARAMETER.sub(r"{\1}", text)
    text = "/" + text.strip().strip("/")
    return mask_name(re.sub(r"/{2,}", "/", text)) or "/"


@remembered
def route_parameters(route: str) -> tuple[str, ...]:
    """The names of the parameters of a readable route, in order."""
    return tuple(name for found in _PARAMETER.findall(route) if (name := key_name(found)) is not None)


def parameter_names(route: str) -> list[str]:
    """What a readable route calls its parameters, in order."""
    return _PARAMETER.findall(route)


@remembered
def parameter_values(route: str, path: str) -> tuple[tuple[str, str], ...]:
    """The parameters of a readable route with the values that a path gives them; empty when the path is another's."""
    wanted, given = route.strip("/").split("/"), path.strip("/").split("/")
    if len(wanted) != len(given) or len(path) > _MAX_PATH:
        return ()
    found: list[tuple[str, str]] = []
    for template, segment in zip(wanted, given, strict=True):
        texts = _PARAMETER.split(template)  # text, name, text, name ... text
        if len(texts) > 5:  # more than two parameters in one segment: matching could take very long
            return ()
        pattern = "".join("(.+)" if n % 2 else re.escape(text).replace(r"\{\}", ".*") for n, text in enumerate(texts))
        match = re.fullmatch(pattern, segment)
        if match is None:
            return ()
        found += zip(texts[1::2], match.groups(), strict=True)
    return tuple(found)


@remembered
def masked_path(path: str) -> str:
    """A path of which only segments made of everyday API words and version numbers survive."""
    segments = [segment for segment in path.split("/") if segment]
    kept = [segment if _is_wordy(segment) else MASK for segment in segments[:_MAX_SEGMENTS]]
    return "/" + "/".join(kept + ["..."] * (len(segments) > _MAX_SEGMENTS))


def looks_templated(path: str) -> bool:
    """Whether a path from a span's name holds parameters, and so is a route rather than a path that was asked for."""
    return bool(_BRACE_PARAMETER.search(path) or _ANGLE_PARAMETER.search(path) or _COLON_PARAMETER.search(path))


def _is_wordy(segment: str) -> bool:
    if _VERSION.fullmatch(segment):
        return True
    if not segment.isascii() or re.search(r"[^\w.\-]", segment):
        return False
    pieces = [piece for piece in re.split(r"[_.\-]+", segment) if piece]
    return bool(pieces) and all(piece.lower() in API_WORDS or _is_camel(piece) for piece in pieces)


def _is_camel(piece: str) -> bool:
    return all(word.lower() in API_WORDS for word in _WORDS.findall(piece))


def _plain_regex(pattern: str) -> str:
    """A regular expression for a path with its groups as `{name}` and its signs gone."""
    result: list[str] = []
    index = 0
    while index < len(pattern):
        sign = pattern[index]
        if sign == "(":
            end = _closing(pattern, index)
            named = _NAMED.match(pattern, index + 1)
            result.append(f"{{{named[1]}}}" if named else _unnamed_group(pattern[index + 1 : end]))
            index = _after_quantifier(pattern, end + 1)
        elif sign == "[":
            end = pattern.find("]", index + 2)
            result.append(MASK)
            index = _after_quantifier(pattern, len(pattern) if end < 0 else end + 1)
        elif sign == "\\" and index + 1 < len(pattern):
            following = pattern[index + 1]
            result.append("" if following in "AbBZzGQE" else MASK if following.isalnum() else following)
            index = _after_quantifier(pattern, index + 2)
        else:
            result.append("" if sign in "^$?*+|" else sign)
            index += 1
    return "".join(result)


def _unnamed_group(body: str) -> str:
    """A group without a name: gone when it only looks around or sets a flag, else a value."""
    return "" if body.startswith(("?=", "?!", "?<=", "?<!")) or re.fullmatch(r"\?[a-zA-Z-]+", body) else MASK


def _closing(pattern: str, opening: int) -> int:
    """The index of the parenthesis that closes the one at `opening`, or the end."""
    depth, index, in_class = 0, opening, False
    while index < len(pattern):
        sign = pattern[index]
        if sign == "\\":
            index += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return index
        index += 1
    return len(pattern)


def _after_quantifier(pattern: str, index: int) -> int:
    match = re.compile(r"[*+?]{1,2}|\{\d+(?:,\d*)?\}\??").match(pattern, index)
    return match.end() if match else index
