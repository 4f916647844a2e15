"""AsyncAPI 2 and 3: every channel with each of its messages, whoever sends or receives them.

A message is its payload, its headers and its Kafka key. https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.schemas.avro_types import Types
from auditor.schemas.detect import kind_of
from auditor.schemas.document import Object, Value, items_of, object_of, text_of
from auditor.schemas.leaves import Leaves
from auditor.schemas.payloads import Payloads, SchemaFile
from auditor.schemas.references import Library
from auditor.schemas.shapes import At, Shapes, last_name
from lineage.payload import Endpoint, Payload

_ACTIONS = ("publish", "subscribe")
_JSON_FORMATS = ("json", "yaml", "aai", "openapi")


def read(files: Sequence[SchemaFile]) -> Payloads:
    """What the AsyncAPI files among these declare; the others are there to be referred to."""
    library = Library(files)
    endpoints: list[Endpoint] = []
    messages: list[Payload] = []
    for file in files:
        if kind_of(file) == "asyncapi" and isinstance(root := library.root(file), Object):
            description = _Description(root, file, library)
            found = list(description.endpoints())
            types = list(description.messages())
            endpoints += found
            messages += types
            if not found and not types:
                library.complain(file, root.line, "declares neither channels nor messages")
    return Payloads(tuple(endpoints), tuple(messages), library.problems)


class _Description:
    """One AsyncAPI file."""

    def __init__(self, root: Object, file: SchemaFile, library: Library) -> None:
        self._root, self._file, self._library = root, file, library
        self._shapes = Shapes(library)
        self._avro = Types(library)

    def messages(self) -> Iterator[Payload]:
        """The named messages and schemas."""
        components = object_of(self._root.get("components"))
        for name, message in object_of(components.get("messages")).items():
            yield self._message(message, self._file, name)
        schemas = object_of(components.get("schemas"))
        if not any(key in object_of(schema) for schema in schemas.values() for key in ("schemaFormat", "fields")):
            yield from self._shapes.types(schemas, self._file)

    def endpoints(self) -> Iterator[Endpoint]:
        """The channels, once for each message."""
        for key, value in object_of(self._root.get("channels")).items():
            found, file = self._library.follow(value, self._file)
            channel = object_of(found)
            address = _topic(channel) or text_of(channel.get("address")) or key
            seen: set[tuple[str, int]] = set()
            for name, message, where in self._of_channel(channel, file):
                payload = self._message(message, where, name)
                if (payload.name, payload.line) not in seen:
                    seen.add((payload.name, payload.line))
                    kept = payload if payload.fields or payload.open else None
                    line = message.line if isinstance(message, Object) and where is self._file else channel.line
                    service, source = self._file.service, self._file.name
                    yield Endpoint("message", address, kept, None, service, (), payload.name, source, line)

    def _of_channel(self, channel: Object, file: SchemaFile) -> Iterator[tuple[str, Value, SchemaFile]]:
        for name, message in object_of(channel.get("messages")).items():  # version 3
            yield name, message, file
        for action in _ACTIONS:  # version 2
            operation = object_of(channel.get(action))
            if "message" in operation:
                message, where = operation["message"], file
                several = items_of(object_of(self._library.follow(message, where)[0]).get("oneOf"))
                for number, one in enumerate(several or [message], start=1):
                    title = text_of(operation.get("operationId")) or action
                    yield f"{title} {number}" if several else title, one, where

    def _message(self, value: Value, file: SchemaFile, name: str) -> Payload:
        """A message, named by itself, by the reference to it, or else `name`."""
        reference = last_name(text_of(object_of(value).get("$ref")))
        found, where = self._library.follow(value, file)
        message = object_of(found)
        leaves = self._shapes.budget.leaves()
        own_name = text_of(message.get("name")) or text_of(message.get("messageId")) or reference or name
        for part, home in self._with_traits(message, where):
            for key in ("headers", "payload"):
                if key in part:
                    form = text_of(part.get("schemaFormat")) if key == "payload" else ""
                    self._schema(part[key], form, home, where, leaves, header=key == "headers")
            bound = object_of(object_of(part.get("bindings")).get("kafka")).get("key")
            if isinstance(bound, Object):
                at = At(("key",), "header", bound.line)
                self._shapes.walk(bound, home, at, leaves, "message", where)
        if found is None or not any("payload" in part for part, _ in self._with_traits(message, where)):
            leaves.open = True
        return self._shapes.budget.spend(leaves.payload(own_name, where.name, message.line))

    def _with_traits(self, message: Object, file: SchemaFile) -> list[tuple[Object, SchemaFile]]:
        traits = [self._library.follow(trait, file) for trait in items_of(message.get("traits"))]
        return [(message, file), *((object_of(trait), where) for trait, where in traits)]

    def _schema(
        self, schema: Value, form: str, file: SchemaFile, home: SchemaFile, leaves: Leaves, *, header: bool
    ) -> None:
        holder = object_of(schema)
        if "schemaFormat" in holder and "schema" in holder:
            schema, form = holder["schema"], text_of(holder["schemaFormat"])
        if "avro" in form.lower():
            found, where = self._library.follow(schema, file)
            self._avro.add(found, where)
            leaves.take(self._avro.payload(found, where), home.name)
        elif form and not any(known in form.lower() for known in _JSON_FORMATS):
            self._library.complain(file, holder.line, "has a message in a schema format that is not read here")
            leaves.open = True
        else:
            at = At(place="header" if header else "body")
            was_open = leaves.open
            self._shapes.walk(schema, file, at, leaves, "message", home)
            if header:
                leaves.open = was_open  # headers that are not declared are protocol matters


def _topic(channel: Object) -> str:
    bindings = object_of(channel.get("bindings"))
    return text_of(object_of(bindings.get("kafka")).get("topic"))
