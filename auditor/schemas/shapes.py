"""The leaves of a JSON-Schema-like object, as OpenAPI, AsyncAPI and JSON Schema (draft 4 to 2020-12) write them.

Choices (oneOf, anyOf, if/then/else) give the fields of all of them. An object that declares properties and says nothing
of others is closed, although JSON Schema would allow more: authors who mean more say so. An object without properties,
`additionalProperties: true` or `{}`, a map whose values are texts, and bytes are open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from auditor.schemas.document import Object, Value, items_of, object_of, text_of
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
from auditor.schemas.leaves import Budget, Leaves, comment_of
from auditor.schemas.library import Library
from auditor.schemas.marks import read_marks
from auditor.schemas.payloads import SchemaFile
from lineage.payload import Payload, PayloadField, Place

Way = Literal["request", "response", "message"]
Subtypes = Callable[[Object, SchemaFile], list[tuple[Value, SchemaFile]]]

_NOT_SENT = {"request": "readOnly", "response": "writeOnly", "message": ""}
_ANYTHING = Object()  # a schema that says nothing


@dataclass(frozen=True, slots=True)
class At:
    """Where a schema stands: the path so far, the lists and maps opened since its last name, what was said above it."""

    file: SchemaFile
    path: tuple[str, ...] = ()
    place: Place = "body"
    line: int = 0
    before: str = ""
    after: str = ""
    in_map: bool = False
    nested: int = 0
    above: frozenset[int] = frozenset()  # the schemas that this one is within, by identity
    since: frozenset[int] = frozenset()  # those of them since the last name
    comment: str | None = None
    categories: tuple[str, ...] | None = None
    redacted: bool = False

    def named(self, name: str, line: int) -> At:
        """Below a name: which lists and maps it was in is forgotten."""
        path = (*self.path, name)
        return replace(self, path=path, line=line, before="", after="", in_map=False, since=frozenset(), comment=None)

    def said(self, holders: Sequence[Object]) -> At:
        """With what schemas, or an object around one such as a parameter, say of it."""
        marks = read_marks([pair for holder in holders for pair in extensions(holder)])
        secret = any(holder.get("writeOnly") is True or holder.get("format") == "password" for holder in holders)
        return replace(
            self,
            comment=comment_of(first_text(holders, "description")) or self.comment,
            categories=self.categories if marks.categories is None else marks.categories,
            redacted=self.redacted or marks.redacted or secret,
        )


class Shapes:
    """Walks schemas of one library. `subtypes` names the schemas that stand in for one with a discriminator."""

    def __init__(self, library: Library, subtypes: Subtypes | None = None) -> None:
        self._library = library
        self._budget = Budget()
        self._subtypes = subtypes or (lambda schema, file: [])
        # By the identity of the schema, which the library keeps alive.
        self._known: dict[tuple[int, Way], Payload] = {}

    def payload(self, schema: Value, file: SchemaFile, way: Way, name: str = "") -> Payload:
        """All that a schema lets through, as a payload named after where it is declared."""
        reference = text_of(object_of(schema).get("$ref"))
        if set(object_of(schema)) == {"$ref"}:
            schema, file = self._library.follow(schema, file)
        key = (id(schema), way)
        known = self._known.get(key) if isinstance(schema, Object) else None
        if known is None:
            leaves = self._budget.leaves()
            self.walk(schema, At(file), leaves, way, file)
            line = schema.line if isinstance(schema, Object) else 0
            known = self._budget.spend(leaves.payload(last_name(reference) or name, file.name, line))
            if isinstance(schema, Object):
                self._known[key] = known
        return known

    def walk(self, schema: Value, at: At, leaves: Leaves, way: Way, home: SchemaFile) -> None:
        """Add the leaves of a schema. Lines are kept of fields that are declared in `home`."""
        if schema is False or not leaves.enter(at.path, at.nested):
            return
        placed = self._parts(schema, at, leaves)
        parts = [part for part, _ in placed]
        if any(part.get(_NOT_SENT[way]) is True for part in parts):
            return
        own = {id(part) for part in parts if part is not _ANYTHING}
        at = replace(at.said(parts), above=at.above | own, since=at.since | own)
        types = types_of(parts)
        found = False
        for child, below in self._children(placed, at):
            found = True
            self.walk(child, below, leaves, way, home)
        if any(part.get("additionalProperties") is True for part in parts):
            leaves.open = True
        if (is_scalar(types) and not any("contentSchema" in part for part in parts)) or not found:
            title = first_text(parts, "title")
            if not at.path and title:  # a body that is a bare value
                at = at.named(title, at.line)
            _add(leaf_type(parts, types), first_text(parts, "format"), at, leaves, home)

    def _parts(self, schema: Value, at: At, leaves: Leaves) -> list[tuple[Object, SchemaFile]]:
        """A schema with all that it refers to and is put together from; what comes round again opens the payload."""
        parts: list[tuple[Object, SchemaFile]] = []
        waiting = [(schema, at.file)]
        seen: set[int] = set()
        while waiting and leaves.enter(at.path, at.nested):
            part, file = waiting.pop()
            if not isinstance(part, Object):
                parts.append((_ANYTHING, file))
                continue
            if id(part) in seen:
                continue
            if id(part) in at.above:
                # Under the same name, as when a choice takes in what it is a choice of, nothing is cut short.
                leaves.open = leaves.open or id(part) not in at.since
                continue
            seen.add(id(part))
            parts.append((part, file))
            waiting += [(inner, file) for inner in reversed(items_of(part.get("allOf")))]
            if self._library.refers(part):
                target = self._library.step(part, file)
                leaves.open = leaves.open or target is None
                waiting += [target] if target else []
        return parts

    def _children(self, placed: Sequence[tuple[Object, SchemaFile]], at: At) -> Iterator[tuple[Value, At]]:
        below = replace(at, nested=at.nested + 1)
        plain = any(part.get("type") or part.get("properties") for part, _ in placed)
        for part, file in placed:
            here = replace(below, file=file)
            for name, child in object_of(part.get("properties")).items():
                yield child, here.named(name, child.line if isinstance(child, Object) else part.line)
            for child in item_schemas(part):
                yield child, replace(here, before=here.before + "ARRAY<", after=">" + here.after)
            if isinstance(inside := part.get("contentSchema"), Object):  # a text that is itself a document, as a JWT is
                yield inside, here
            for child in value_schemas(part):
                yield child, replace(here, before=here.before + "MAP<TEXT, ", after=">" + here.after, in_map=True)
            for child in choices(part, plain=plain):
                yield child, here
            if "discriminator" in part:
                for child, file_of_child in self._subtypes(part, file):
                    yield child, replace(below, file=file_of_child)


def last_name(reference: str) -> str:
    """The name that a reference ends with: `#/components/schemas/Patient` is Patient, `types/user.json` is user."""
    file, _, inside = reference.partition("#")
    return inside.rpartition("/")[2] or file.rpartition("/")[2].split(".")[0]


def _add(kind: str, form: str, at: At, leaves: Leaves, home: SchemaFile) -> None:
    if not kind:
        return
    unnamed = not at.path and kind not in ("BOOLEAN", "ENUM")
    if kind in ("JSON", "VARBINARY") or (at.in_map and kind == "TEXT") or unnamed:
        leaves.open = True
    if at.path:
        type_, line = f"{at.before}{kind}{at.after}", at.line if at.file is home else 0
        leaves.add(
            PayloadField(at.path, type_, at.comment, form or None, at.categories, at.redacted, at.place, line),
        )
