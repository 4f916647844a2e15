"""JSON Schema, draft 4 to 2020-12: a file is a message that no channel is declared for; its definitions are types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.schemas.detect import kind_of
from auditor.schemas.document import Object, Value, object_of, text_of
from auditor.schemas.payloads import Payloads, SchemaFile
from auditor.schemas.references import Library
from auditor.schemas.shapes import Shapes
from lineage.payload import Endpoint, Payload

_DEFINITIONS = ("$defs", "definitions")
_SHAPES = (
    "type",
    "properties",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "$ref",
    "additionalProperties",
    "patternProperties",
)


def read(files: Sequence[SchemaFile]) -> Payloads:
    """What the JSON Schema files among these declare; the others are there to be referred to."""
    library = Library(files)
    shapes = Shapes(library)
    endpoints: list[Endpoint] = []
    messages: list[Payload] = []
    for file in files:
        if kind_of(file) == "jsonschema":
            root = library.root(file)
            found = message_of(root, file, shapes)
            messages += definitions_of(root, file, shapes)
            if found is not None:
                messages.append(found)
                endpoints.append(as_endpoint(found, file))
    return Payloads(tuple(endpoints), tuple(messages), library.problems)


def message_of(root: Value, file: SchemaFile, shapes: Shapes) -> Payload | None:
    """The message that a document describes, named by its title, its `$id`, or its file; None for definitions alone."""
    if not isinstance(root, Object) or not any(key in root for key in _SHAPES):
        return None
    address = text_of(root.get("$id")) or text_of(root.get("id"))
    stem = address.rstrip("/#").rpartition("/")[2] or file.path.name
    return shapes.payload(root, file, "message", text_of(root.get("title")) or stem.partition(".")[0])


def definitions_of(root: Value, file: SchemaFile, shapes: Shapes) -> Iterator[Payload]:
    """The types that a document defines for its own use."""
    for key in _DEFINITIONS:
        yield from shapes.types(object_of(root).get(key), file)


def as_endpoint(message: Payload, file: SchemaFile, channel: str = "") -> Endpoint:
    """A message that goes through a channel, "" when none is known."""
    name, source, line = message.name, message.source, message.line
    return Endpoint("message", channel, message, None, file.service, (), name, source, line)
