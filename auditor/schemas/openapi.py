"""OpenAPI 3.0 and 3.1, and Swagger 2: every operation with what its requests and its answers can carry.

A request is its parameters, credentials and bodies of all media types; a response is all answers of all statuses with
their headers. The fields of an error answer count; its free-form details do not make the whole response open, because
nearly every API has some. https://spec.openapis.org/oas/v3.1.1.html, https://spec.openapis.org/oas/v2.0.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from auditor.schemas.bases import Base, bases_of
from auditor.schemas.detect import kind_of
from auditor.schemas.document import Object, Value, items_of, object_of, text_of
from auditor.schemas.leaves import Budget, Leaves, comment_of
from auditor.schemas.payloads import Payloads, SchemaFile
from auditor.schemas.references import Library
from auditor.schemas.shapes import Shapes, Way, last_name, under
from lineage.payload import Endpoint, Payload, PayloadField, Place

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_MOST_LEAVES = 5_000_000  # of all requests and answers of a file, which share them
_PLACES = ("query", "path", "header", "cookie")


def read(files: Sequence[SchemaFile]) -> Payloads:
    """What the OpenAPI files among these declare; the others are there to be referred to."""
    library = Library(files)
    endpoints: list[Endpoint] = []
    messages: list[Payload] = []
    for file in files:
        if kind_of(file) == "openapi" and isinstance(root := library.root(file), Object):
            description = _Description(root, file, library)
            found = list(description.endpoints())
            endpoints += found
            types = list(description.messages())
            messages += types
            if not found and not types:
                library.complain(file, root.line, "declares neither paths nor schemas")
    return Payloads(tuple(endpoints), tuple(messages), library.problems)


@dataclass(slots=True)
class _Body:
    """What is collected of one side of an exchange."""

    leaves: Leaves
    name: str = ""
    used: bool = False


class _Description:
    """One OpenAPI file."""

    def __init__(self, root: Object, file: SchemaFile, library: Library) -> None:
        self._root, self._file, self._library = root, file, library
        self._old = "swagger" in root
        components = object_of(root.get("components"))
        self._schemas = object_of(root.get("definitions") if self._old else components.get("schemas"))
        self._schemes = object_of(root.get("securityDefinitions") if self._old else components.get("securitySchemes"))
        self._shapes = Shapes(library, self._subtypes)
        self._budget = Budget(_MOST_LEAVES)
        self._children: dict[int, list[Value]] | None = None

    def messages(self) -> Iterator[Payload]:
        """The named schemas."""
        yield from self._shapes.types(self._schemas, self._file)

    def endpoints(self) -> Iterator[Endpoint]:
        """The operations under all their base paths."""
        for path, item in object_of(self._root.get("paths")).items():
            if path.startswith("x-"):
                continue
            found, file = self._library.follow(item, self._file)
            for method in _METHODS:
                operation = object_of(found).get(method)
                if isinstance(operation, Object):
                    yield from self._operation(method.upper(), path, object_of(found), operation, file)

    def _operation(
        self, method: str, path: str, item: Object, operation: Object, file: SchemaFile
    ) -> Iterator[Endpoint]:
        title = text_of(operation.get("operationId")) or f"{method} {path}"
        request = self._request(item, operation, file)
        response = self._response(operation, file)
        sent, answered = (
            self._budget.spend(body.leaves.payload(body.name or f"{title} {side}", file.name, operation.line))
            for body, side in ((request, "request"), (response, "response"))
        )
        for base in self._bases(item, operation):
            yield Endpoint(
                "http",
                f"{method} {base.path}/{path.partition('?')[0].partition('#')[0].lstrip('/')}",
                sent if request.used else None,
                answered if response.used else None,
                self._file.service,
                base.hosts,
                None,
                file.name,
                operation.line,
            )

    def _bases(self, item: Object, operation: Object) -> list[Base]:
        for holder in (operation, item, self._root):
            if holder.get("servers"):
                return bases_of(holder)
        return bases_of(self._root)

    def _request(self, item: Object, operation: Object, file: SchemaFile) -> _Body:
        body = _Body(self._budget.leaves())
        parameters: dict[tuple[str, str], tuple[Object, SchemaFile]] = {}
        for value in (*items_of(item.get("parameters")), *items_of(operation.get("parameters"))):
            found, where = self._follow(value, file, body)
            parameter = object_of(found)
            parameters[text_of(parameter.get("in")), text_of(parameter.get("name"))] = (parameter, where)
        for (place, name), (parameter, where) in parameters.items():
            if place == "body":
                self._schema(parameter.get("schema", True), where, body, "request", file)
            elif name:
                self._parameter(parameter, name, place, where, body, "request", file)
        self._credentials(operation.get("security", self._root.get("security")), body, file)
        found, where = self._follow(operation.get("requestBody"), file, body)
        self._content(found, where, body, "request", file)
        return body

    def _response(self, operation: Object, file: SchemaFile) -> _Body:
        body = _Body(self._budget.leaves())
        answers = object_of(operation.get("responses"))
        succeeds = any(status[:1] in "123" for status in answers)
        for status, value in answers.items():
            if status.startswith("x-"):
                continue
            name, opened = body.name, body.leaves.open
            found, where = self._follow(value, file, body)
            answer = object_of(found)
            if "schema" in answer:
                self._schema(answer["schema"], where, body, "response", file)
            self._content(answer, where, body, "response", file)
            for name, header in object_of(answer.get("headers")).items():
                written, header_file = self._library.follow(header, where)
                if name:
                    self._parameter(object_of(written), name, "header", header_file, body, "response", file)
            if status[:1] in "45" or (status == "default" and succeeds):
                body.name, body.leaves.open = name, opened
        return body

    def _follow(self, value: Value, file: SchemaFile, body: _Body) -> tuple[Value, SchemaFile]:
        """As the library's; what cannot be found may be anything."""
        found, where = self._library.follow(value, file)
        if found is None and value is not None:
            body.used = body.leaves.open = True
        return found, where

    def _content(self, holder: Value, file: SchemaFile, body: _Body, way: Way, home: SchemaFile) -> None:
        for media in object_of(object_of(holder).get("content")).values():
            self._schema(object_of(media).get("schema", True), file, body, way, home)

    def _schema(self, schema: Value, file: SchemaFile, body: _Body, way: Way, home: SchemaFile) -> None:
        """A body; without a schema, it may be anything."""
        payload = self._shapes.payload(schema, file, way)
        body.used = True
        of_items = object_of(object_of(schema).get("items"))
        body.name = body.name or payload.name or last_name(text_of(of_items.get("$ref")))
        body.leaves.take(payload, home.name)

    def _parameter(
        self, parameter: Object, name: str, place: str, file: SchemaFile, body: _Body, way: Way, home: SchemaFile
    ) -> None:
        """A parameter or header, whose schema is under `schema`, under a media type, or (Swagger) the object itself."""
        body.used = True
        kind = cast(Place, place) if place in _PLACES else "body"
        contents = [object_of(media).get("schema", True) for media in object_of(parameter.get("content")).values()]
        schemas = [parameter["schema"]] if "schema" in parameter else contents or [parameter]
        line = parameter.line if file is home else 0
        for schema in schemas:
            at = under(name, kind, parameter, line)
            self._shapes.walk(schema, file, at, body.leaves, way, home)

    def _credentials(self, security: Value, body: _Body, home: SchemaFile) -> None:
        for alternative in items_of(security):
            for name in object_of(alternative):
                found, where = self._library.follow(self._schemes.get(name), self._file)
                scheme = object_of(found)
                kind = text_of(scheme.get("type"))
                place = text_of(scheme.get("in")) if kind == "apiKey" else "header"
                field = text_of(scheme.get("name")) if kind == "apiKey" else "Authorization"
                if kind and field and place in _PLACES and kind != "mutualTLS":
                    body.used = True
                    form = (text_of(scheme.get("scheme")) or kind).lower()
                    comment = comment_of(text_of(scheme.get("description")))
                    line = scheme.line if where is home else 0
                    body.leaves.add(PayloadField((field,), "TEXT", comment, form, None, True, cast(Place, place), line))

    def _subtypes(self, schema: Object, file: SchemaFile) -> list[tuple[Value, SchemaFile]]:
        """The schemas that a discriminator maps to, and those that take this one in."""
        mapping = object_of(object_of(schema.get("discriminator")).get("mapping"))
        found: list[tuple[Value, SchemaFile]] = []
        for target in map(text_of, mapping.values()):
            reference = target if "/" in target or "." in target else f"#/components/schemas/{target}"
            if result := self._library.find(reference, file):
                found.append(result)
        if self._children is None:
            self._children = {}
            for child in self._schemas.values():
                for part in items_of(object_of(child).get("allOf")):
                    parent, _ = self._library.follow(part, self._file) if "$ref" in object_of(part) else (None, file)
                    if isinstance(parent, Object):
                        self._children.setdefault(id(parent), []).append(child)
        found += [(child, self._file) for child in self._children.get(id(schema), [])]
        return found
