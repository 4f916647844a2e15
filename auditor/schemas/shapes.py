"""The leaves of a JSON-Schema-like object, as OpenAPI, AsyncAPI and JSON Schema (draft 4 to 2020-12) write them.

Choices (oneOf, anyOf, if/then/else) give the fields of all of them. An object that declares properties and says nothing
of others is closed, although JSON Schema would allow more: authors who mean more say so. An object without properties,
`additionalProperties: true` or `{}`, a map whose values are texts, and bytes are open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from auditor.schemas.document import Object, Value, object_of, text_of
from auditor.schemas.keywords import is_scalar, types_of
from auditor.schemas.leaves import Budget, Leaves
from auditor.schemas.payloads import SchemaFile
from auditor.schemas.references import Library
from auditor.schemas.shape import Child, Shape, Subtypes, said_by, understand
from lineage.payload import Payload, PayloadField, Place

Way = Literal["request", "response", "message"]


@dataclass(slots=True)
class At:
    """Where a schema stands: the path so far, the lists and maps opened since its last name, what was said above it."""

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


def under(name: str, place: Place, holder: Object, line: int) -> At:
    """The place of a named schema that stands alone, such as a parameter's, with what the object around it says."""
    comment, marks = said_by([holder])
    return At((name,), place, line, comment=comment, categories=marks.categories, redacted=marks.redacted)


class Shapes:
    """Walks schemas of one library. `subtypes` names the schemas that stand in for one with a discriminator."""

    def __init__(self, library: Library, subtypes: Subtypes | None = None) -> None:
        self._library = library
        self.budget = Budget()
        self._subtypes = subtypes or (lambda schema, file: [])
        # By the identity of the schema, which the library keeps alive.
        self._understood: dict[int, Shape] = {}
        self._known: dict[tuple[int, Way], Payload] = {}

    def payload(self, schema: Value, file: SchemaFile, way: Way, name: str = "") -> Payload:
        """All that a schema lets through, named `name` or as it is referred to."""
        reference = text_of(object_of(schema).get("$ref"))
        if set(object_of(schema)) == {"$ref"}:
            schema, file = self._library.follow(schema, file)
        key = (id(schema), way)
        known = self._known.get(key) if isinstance(schema, Object) else None
        if known is None:
            leaves = self.budget.leaves()
            self.walk(schema, file, At(), leaves, way, file)
            line = schema.line if isinstance(schema, Object) else 0
            known = self.budget.spend(leaves.payload(name or last_name(reference), file.name, line))
            if isinstance(schema, Object):
                self._known[key] = known
        return known

    def types(self, definitions: Value, file: SchemaFile) -> Iterator[Payload]:
        """The named types among definitions; those of single values are no payloads."""
        for name, schema in object_of(definitions).items():
            if not is_scalar(types_of([object_of(schema)])):
                yield self.payload(schema, file, "message", name)

    def walk(self, schema: Value, file: SchemaFile, at: At, leaves: Leaves, way: Way, home: SchemaFile) -> None:
        """Add the leaves of a schema in `file`. Lines are kept of fields that are declared in `home`."""
        if schema is False or not leaves.enter(at.path, at.nested):
            return
        shape = self._shape(schema, file)
        again = shape.own & at.above
        if again:
            # Under the same name, as when a choice takes in what it is a choice of, nothing is cut short.
            leaves.open = leaves.open or not again <= at.since
            shape = understand(schema, file, self._library, self._subtypes, again)
        if (way == "request" and shape.read_only) or (way == "response" and shape.write_only):
            return
        leaves.open = leaves.open or shape.open
        above, since = at.above | shape.own, at.since | shape.own
        comment = shape.comment or at.comment
        categories = at.categories if shape.marks.categories is None else shape.marks.categories
        redacted = at.redacted or shape.marks.redacted
        for child in shape.children:
            below = _below(at, child, above, since, comment)
            below.categories, below.redacted = categories, redacted
            self.walk(child.schema, child.file, below, leaves, way, home)
        if shape.type:
            path = at.path or ((shape.title,) if shape.title and shape.type != "JSON" else ())
            if _is_open(shape.type, path, at.in_map):
                leaves.open = True
            if path:
                type_, line = f"{at.before}{shape.type}{at.after}", at.line if file is home else 0
                leaves.add(PayloadField(path, type_, comment, shape.format, categories, redacted, at.place, line))

    def _shape(self, schema: Value, file: SchemaFile) -> Shape:
        shape = self._understood.get(id(schema)) if isinstance(schema, Object) else None
        if shape is None:
            shape = understand(schema, file, self._library, self._subtypes)
            if isinstance(schema, Object):
                self._understood[id(schema)] = shape
        return shape


def last_name(reference: str) -> str:
    """The name that a reference ends with: `#/components/schemas/Patient` is Patient, `types/user.json` is user."""
    file, _, inside = reference.partition("#")
    return inside.rpartition("/")[2] or file.rpartition("/")[2].split(".")[0]


def _below(at: At, child: Child, above: frozenset[int], since: frozenset[int], comment: str | None) -> At:
    """The place of a child: below a name, which lists and maps it was in is forgotten."""
    nested = at.nested + 1
    if child.name is not None:
        return At((*at.path, child.name), at.place, child.line, nested=nested, above=above)
    before, after = at.before + child.before, child.after + at.after
    return At(at.path, at.place, at.line, before, after, at.in_map or child.in_map, nested, above, since, comment)


def _is_open(type_: str, path: tuple[str, ...], in_map: bool) -> bool:
    unnamed = not path and type_ not in ("BOOLEAN", "ENUM")
    return type_ in ("JSON", "VARBINARY") or (in_map and type_ == "TEXT") or unnamed
