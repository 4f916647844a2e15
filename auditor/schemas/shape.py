"""One JSON-Schema-like object, with all that it refers to and is put together from, understood once for many walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from auditor.schemas.document import Object, Value, items_of, object_of
from auditor.schemas.keywords import (
    choices,
    extensions,
    first_text,
    is_scalar,
    item_schemas,
    leaf_type,
    types_of,
    value_schemas,
)
from auditor.schemas.leaves import comment_of
from auditor.schemas.marks import NO_MARKS, Marks, read_marks
from auditor.schemas.payloads import SchemaFile
from auditor.schemas.references import Library

Subtypes = Callable[[Object, SchemaFile], list[tuple[Value, SchemaFile]]]

_MOST_PARTS = 1_000
_ANYTHING = Object()  # a schema that says nothing


@dataclass(frozen=True, slots=True)
class Child:
    """A schema within: under a `name`, or in a list, a map or a choice, which have none."""

    schema: Value
    file: SchemaFile
    name: str | None = None
    line: int = 0
    before: str = ""
    after: str = ""
    in_map: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a schema says. `own` are its parts by identity; `type` is "" unless it is a leaf; `open` as in Payload.

    `title` is the only name that a body which is a bare value may have.
    """

    own: frozenset[int]
    children: tuple[Child, ...]
    type: str
    title: str | None
    format: str | None
    comment: str | None
    marks: Marks
    open: bool
    read_only: bool
    write_only: bool


def said_by(holders: Sequence[Object]) -> tuple[str | None, Marks]:
    """The description and the marks that schemas, or an object around one such as a parameter, give."""
    pairs = [pair for holder in holders for pair in extensions(holder)]
    marks = read_marks(pairs) if pairs else NO_MARKS
    if any(holder.get("writeOnly") is True or holder.get("format") == "password" for holder in holders):
        marks = Marks(marks.categories, True)
    return comment_of(first_text(holders, "description")), marks


def understand(
    schema: Value, file: SchemaFile, library: Library, subtypes: Subtypes, without: frozenset[int] = frozenset()
) -> Shape:
    """The shape of a schema, the parts `without` left out."""
    placed, is_open = _parts(schema, file, library, without)
    parts = [part for part, _ in placed]
    children = tuple(_children(placed, subtypes))
    types = types_of(parts)
    comment, marks = said_by(parts)
    inside = any(isinstance(part.get("contentSchema"), Object) for part in parts)
    return Shape(
        frozenset(id(part) for part in parts if part is not _ANYTHING),
        children,
        leaf_type(parts, types) if (is_scalar(types) and not inside) or not children else "",
        first_text(parts, "title") or None,
        first_text(parts, "format") or None,
        comment,
        marks,
        is_open or any(part.get("additionalProperties") is True for part in parts),
        any(part.get("readOnly") is True for part in parts),
        any(part.get("writeOnly") is True for part in parts),
    )


def _parts(
    schema: Value, file: SchemaFile, library: Library, without: frozenset[int]
) -> tuple[list[tuple[Object, SchemaFile]], bool]:
    """A schema with what it refers to and is put together from, and whether some of that cannot be had."""
    parts: list[tuple[Object, SchemaFile]] = []
    waiting: list[tuple[Value, SchemaFile]] = [(schema, file)]
    seen: set[int] = set()
    lost = cut = False
    while waiting and len(parts) < _MOST_PARTS:
        part, where = waiting.pop()
        if not isinstance(part, Object):
            parts.append((_ANYTHING, where))
            continue
        cut = cut or id(part) in without
        if id(part) in seen or id(part) in without:
            continue
        seen.add(id(part))
        parts.append((part, where))
        waiting += [(inner, where) for inner in reversed(items_of(part.get("allOf")))]
        if library.refers(part):
            target = library.step(part, where)
            lost = lost or target is None
            waiting += [target] if target else []
    if cut:
        # A reference to what is left out says nothing by itself, and must not look like a schema of anything.
        parts = [(part, where) for part, where in parts if not (len(part) == 1 and library.refers(part))]
    return parts, lost or bool(waiting)


def _children(placed: Sequence[tuple[Object, SchemaFile]], subtypes: Subtypes) -> Iterator[Child]:
    plain = any(part.get("type") or part.get("properties") for part, _ in placed)
    for part, file in placed:
        for name, child in object_of(part.get("properties")).items():
            if name:
                yield Child(child, file, name, child.line if isinstance(child, Object) else part.line)
        for child in item_schemas(part):
            yield Child(child, file, before="ARRAY<", after=">")
        if isinstance(inside := part.get("contentSchema"), Object):  # a text that is itself a document, as a JWT is
            yield Child(inside, file)
        for child in value_schemas(part):
            yield Child(child, file, before="MAP<TEXT, ", after=">", in_map=True)
        for child in choices(part, plain=plain):
            yield Child(child, file)
        if "discriminator" in part:
            for child, of_child in subtypes(part, file):
                yield Child(child, of_child)
