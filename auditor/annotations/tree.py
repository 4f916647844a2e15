"""YAML to a plain tree with line numbers, safely: no aliases, no tags, no objects, bounded in size and depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

LARGEST = 1 << 20  # characters: the parser is slow, and descriptions of tables are small
DEEPEST = 40


class Unreadable(ValueError):
    """YAML that is broken, or refused; the message says why and where, and quotes nothing."""


@dataclass(slots=True)
class Node:
    """A value: `text` of a scalar, `items` of a list, `fields` of a mapping; the others are empty."""

    line: int
    text: str = ""
    items: list[Node] = field(default_factory=list)
    fields: dict[str, Node] = field(default_factory=dict)

    def get(self, *keys: str) -> Node:
        """What stands under these keys, one below the other; an empty node when nothing does."""
        node = self
        for key in keys:
            node = node.fields.get(key) or Node(self.line)
        return node

    def texts(self) -> Iterator[Node]:
        """The scalars of a list, or the scalar itself."""
        yield from (item for item in self.items or [self] if item.text)


def read_tree(text: str) -> list[Node]:
    """The documents of a YAML text. Raises Unreadable."""
    import yaml  # type: ignore[import-untyped]

    if len(text) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST >> 20} MiB")
    documents: list[Node] = []
    try:
        _build(yaml.parse(text, Loader=yaml.SafeLoader), documents)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Unreadable(f"is not YAML (line {mark.line + 1})" if mark else "is not YAML") from None
    return documents


def _build(events: Any, documents: list[Node]) -> None:
    # Open containers, outermost first, each with the key that waits for its value.
    stack: list[tuple[Node, bool, list[str]]] = []
    for event in events:
        kind, line = type(event).__name__, event.start_mark.line + 1
        if kind == "AliasEvent":
            raise Unreadable(f"uses an alias (line {line}), which is not followed")
        if kind in ("SequenceEndEvent", "MappingEndEvent"):
            stack.pop()
        if kind not in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
            continue
        node = Node(line, event.value if kind == "ScalarEvent" else "")
        if not stack:
            documents.append(node)
        else:
            _put(node, *stack[-1])
        if kind != "ScalarEvent":
            stack.append((node, kind == "MappingStartEvent", []))
        if len(stack) > DEEPEST:
            raise Unreadable(f"is nested deeper than {DEEPEST} (line {line})")


def _put(node: Node, container: Node, is_mapping: bool, waiting: list[str]) -> None:
    if not is_mapping:
        container.items.append(node)
    elif waiting:
        container.fields[waiting.pop()] = node
    else:
        waiting.append(node.text)
