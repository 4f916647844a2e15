"""From a root field of a GraphQL schema to its payloads, breadth first: the shortest paths come first.

Types refer to each other in circles. A path ends where a type comes round in it: that type's leaves already stand in
the payload, at the shorter path. So a payload counts as open only when some type that can be reached has no leaf in it
at all, because the paths to it are too long or too many, or when a leaf is of free form.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from auditor.schemas.graphql_types import FieldOf, Marks, Types
from auditor.schemas.payloads import DEEPEST, MOST_FIELDS
from lineage.payload import Payload, PayloadField

Path = tuple[str, ...]
_MOST_WAITING = MOST_FIELDS
_MOST_OPENED = 50  # types below a root field in which arguments are looked for


@dataclass(frozen=True, slots=True)
class _Step:
    """A field waiting to be looked at: the path to it, itself included, and the types around it."""

    path: Path
    field: FieldOf
    within: tuple[str, ...]


def selectable(types: Types, root: FieldOf, source: str) -> Payload:
    """What can be selected from a root field: the leaves, each under the root field's own name."""
    fields, is_open = _leaves(types, [_Step((root.name,), root, ())])
    return Payload(root.type, fields, is_open, source, root.line)


def arguments_of(types: Types, root: FieldOf, source: str) -> Payload | None:
    """What a root field and the fields below it take as arguments, inputs flattened; None when they take nothing."""
    steps = [
        _Step((*path[1:], argument.name), argument, ())
        for path, field in _each_once(types, root)
        for argument in field.arguments
    ]
    if not steps:
        return None
    fields, is_open = _leaves(types, steps)
    return Payload(f"arguments of {root.name}", fields, is_open, source, root.line)


def _leaves(types: Types, steps: Iterable[_Step]) -> tuple[tuple[PayloadField, ...], bool]:
    """The leaves at and below these fields, and whether something is missing or may be more than it says."""
    waiting = deque(steps)
    found: dict[Path, PayloadField] = {}
    shown: set[tuple[str, str]] = set()  # leaves by type and name
    reached: set[str] = set()
    opened: set[str] = set()
    is_free = False
    while waiting:
        step = waiting.popleft()
        field, owner = step.field, step.within[-1] if step.within else ""
        if not types.is_composite(field.type):
            is_free |= types.is_open(field.type)
            if len(found) < MOST_FIELDS:
                found.setdefault(step.path, _leaf(types, step))
                shown.add((owner, field.name))
            elif (owner, field.name) not in shown:
                return tuple(found.values()), True
            continue
        reached.add(field.type)
        is_repeat = field.type in opened and len(found) + len(waiting) >= MOST_FIELDS
        if field.type in step.within or is_repeat or len(step.path) >= DEEPEST or len(waiting) > _MOST_WAITING:
            continue
        opened.add(field.type)
        within = (*step.within, field.type)
        for inner in types.fields(field.type):
            waiting.append(_Step((*step.path, inner.name), _handed_down(field, inner), within))
    return tuple(found.values()), is_free or not reached <= opened


def _each_once(types: Types, root: FieldOf) -> Iterator[tuple[Path, FieldOf]]:
    """The root field and all fields below it, each type opened where it is met first."""
    waiting: deque[tuple[Path, FieldOf]] = deque([((root.name,), root)])
    opened: set[str] = set()
    while waiting and len(opened) < _MOST_OPENED:
        path, field = waiting.popleft()
        yield path, field
        if field.type in opened or not types.is_composite(field.type) or len(path) >= DEEPEST:
            continue
        opened.add(field.type)
        waiting.extend(((*path, inner.name), inner) for inner in types.fields(field.type))


def _handed_down(outer: FieldOf, inner: FieldOf) -> FieldOf:
    """What is stated of a field that has fields of its own holds for these, unless they say otherwise."""
    if outer.marks.categories is None and not outer.marks.redacted:
        return inner
    return replace(inner, marks=inner.marks.below(Marks(None, outer.marks.categories, outer.marks.redacted)))


def _leaf(types: Types, step: _Step) -> PayloadField:
    marks = types.leaf_marks(step.field)
    return PayloadField(
        step.path,
        types.leaf_type(step.field),
        marks.comment,
        types.leaf_format(step.field),
        marks.categories,
        marks.redacted,
        line=step.field.line,
    )
