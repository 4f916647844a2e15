"""JSON and YAML texts as plain values that know their lines, safely: no tags, no objects, bounded in size and depth.

Mappings are Objects, lists are Items; a scalar is text, True, False or None (numbers stay text: no reader counts with
them). What is under a key has the key's line. YAML aliases share the value they name and are never copied, so a bomb of
aliases stays small; readers bound how much of a value they walk.
"""

from __future__ import annotations

import json
import re
from typing import Any

LARGEST = {"JSON": 64 << 20, "YAML": 16 << 20}  # bytes
DEEPEST = 100
_MOST_NODES = 3_000_000
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]\n]|[^\s{}\[\],:"]+')
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}

Value = Any  # Object, Items, str, bool or None


class Unreadable(ValueError):
    """A text that is broken, or refused; the message says why and quotes nothing."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.line = line


class Object(dict[str, Value]):
    """A mapping, and its 1-based line."""

    __slots__ = ("line",)

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line


class Items(list[Value]):
    """A list, and its 1-based line."""

    __slots__ = ("line",)

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line


def read_document(data: bytes) -> Value:
    """The first document of a JSON or YAML text. Raises Unreadable."""
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    form = "JSON" if text.lstrip()[:1] in ("{", "[") else "YAML"
    if len(data) > LARGEST[form]:
        raise Unreadable(f"is larger than {LARGEST[form] >> 20} MiB")
    if form == "JSON":
        try:
            return _read_json(text)
        except json.JSONDecodeError as error:
            broken = Unreadable("is not JSON", error.lineno)
        if len(data) > LARGEST["YAML"]:
            raise broken
        try:
            return _read_yaml(text)  # YAML may begin with a bracket too
        except Unreadable:
            raise broken from None
    return _read_yaml(text)


def object_of(value: Value) -> Object:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Object) else Object()


def items_of(value: Value) -> list[Value]:
    """The values of a list, none of anything else."""
    return value if isinstance(value, Items) else []


def text_of(value: Value) -> str:
    """The value if it is text, else ""."""
    return value if isinstance(value, str) else ""


class _Builder:
    """Open containers, outermost first, each with the key that waits for its value."""

    def __init__(self) -> None:
        self.root: Value = None
        self.started = False
        self.stack: list[tuple[Object | Items, list[tuple[str, int]]]] = []
        self.nodes = 0

    def put(self, value: Value, line: int) -> None:
        """A value, or the key of an open mapping."""
        self.nodes += 1
        if self.nodes > _MOST_NODES:
            raise Unreadable(f"holds more than {_MOST_NODES} values", line)
        if not self.stack:
            self.root, self.started = value, True
            return
        container, keys = self.stack[-1]
        if isinstance(container, Items):
            container.append(value)
        elif keys:
            key, key_line = keys.pop()
            if isinstance(value, Object | Items):
                value.line = min(value.line, key_line) or key_line
            container[key] = value
        else:
            keys.append((text_of(value), line))

    def wants_key(self) -> bool:
        """Whether the next value is the key of an open mapping."""
        return bool(self.stack) and isinstance(self.stack[-1][0], Object) and not self.stack[-1][1]

    def open(self, container: Object | Items) -> None:
        """A container that what follows belongs to."""
        self.put(container, container.line)
        self.stack.append((container, []))
        if len(self.stack) > DEEPEST:
            raise Unreadable(f"is nested deeper than {DEEPEST}", container.line)

    def close(self) -> Object | Items:
        """The container that ends here."""
        return self.stack.pop()[0]


def _read_json(text: str) -> Value:
    try:
        json.loads(text, parse_int=str, parse_float=str)  # a number may be longer than Python converts
    except RecursionError:
        raise Unreadable(f"is nested deeper than {DEEPEST}") from None
    builder, line = _Builder(), 1
    for match in _TOKEN.finditer(text):
        token = match[0]
        first = token[0]
        if first == "\n":
            line += 1
        elif first == '"':
            builder.put(_unescaped(token) if "\\" in token else token[1:-1], line)
        elif first in "{[":
            builder.open(Object(line) if first == "{" else Items(line))
        elif first in "}]":
            builder.close()
        else:
            builder.put(_WORDS.get(token, token), line)
    return builder.root


def _unescaped(token: str) -> str:
    """A JSON string, halves of surrogate pairs replaced: no report could be written with them."""
    return str(json.loads(token)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read_yaml(text: str) -> Value:
    import yaml  # type: ignore[import-untyped]

    builder = _Builder()
    anchors: dict[str, Value] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            kind, line = type(event).__name__, event.start_mark.line + 1
            if kind == "DocumentEndEvent" and builder.started:
                break
            _take(kind, event, line, builder, anchors)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Unreadable("is not YAML", mark.line + 1 if mark else 0) from None
    return builder.root


def _take(kind: str, event: Any, line: int, builder: _Builder, anchors: dict[str, Value]) -> None:
    if kind == "ScalarEvent":
        plain = event.implicit[0] and not event.style and not builder.wants_key()
        value = _WORDS.get(event.value.lower(), event.value) if plain else event.value
        builder.put(value, line)
    elif kind in ("MappingStartEvent", "SequenceStartEvent"):
        value = Object(line) if kind == "MappingStartEvent" else Items(line)
        builder.open(value)
    elif kind in ("MappingEndEvent", "SequenceEndEvent"):
        ended = builder.close()
        if isinstance(ended, Object) and "<<" in ended:
            _merge(ended)
        return
    elif kind == "AliasEvent":
        value = anchors.get(event.anchor)
        if any(value is container for container, _ in builder.stack):
            raise Unreadable("has an alias to what it stands in", line)
        # The alias shares the value, so the line stays that of the place where it is written out.
        builder.put(value, line)
        return
    else:
        return
    if event.anchor:
        anchors[event.anchor] = value


def _merge(target: Object) -> None:
    """YAML's merge key: what the merged mappings say holds unless the mapping itself says something."""
    merged = target.pop("<<")
    for other in merged if isinstance(merged, Items) else [merged]:
        for key, value in object_of(other).items():
            target.setdefault(key, value)
