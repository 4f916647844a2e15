"""Avro schemas to leaves; types are known by their full names wherever they are defined.

https://avro.apache.org/docs/1.12.0/specification/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from auditor.schemas.document import Items, Object, Value, items_of, object_of, text_of
from auditor.schemas.leaves import Budget, Leaves, comment_of
from auditor.schemas.marks import read_marks
from auditor.schemas.payloads import SchemaFile
from auditor.schemas.references import Library
from lineage.payload import Payload, PayloadField

_PRIMITIVES = {
    "string": "TEXT", "bytes": "VARBINARY", "int": "INT", "long": "BIGINT", "float": "FLOAT", "double": "DOUBLE",
    "boolean": "BOOLEAN", "null": "",
}  # fmt: skip
_LOGICAL = {
    "date": "DATE", "time-millis": "TIME", "time-micros": "TIME", "decimal": "DECIMAL", "big-decimal": "DECIMAL",
    "uuid": "UUID", "duration": "INTERVAL",
}  # fmt: skip
_RECORDS = ("record", "error")
_STANDARD = frozenset(
    "type name namespace doc aliases fields default order symbols size items values logicalType precision scale".split()
)


@dataclass(frozen=True, slots=True)
class _At:
    file: SchemaFile
    namespace: str = ""
    path: tuple[str, ...] = ()
    line: int = 0
    before: str = ""
    after: str = ""
    in_map: bool = False
    nested: int = 0
    above: frozenset[int] = frozenset()
    comment: str | None = None
    categories: tuple[str, ...] | None = None
    redacted: bool = False


class Types:
    """The named types of a library's Avro files, each file made known by `add`."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._budget = Budget()
        self._named: dict[str, tuple[Object, SchemaFile, str]] = {}

    def add(self, root: Value, file: SchemaFile) -> None:
        """Make the types known that a document defines, in itself or within others."""
        waiting: list[tuple[Value, str]] = [(root, "")]
        seen: set[int] = set()
        while waiting:
            value, namespace = waiting.pop()
            if id(value) in seen:
                continue
            if isinstance(value, Object):
                seen.add(id(value))
                namespace = _namespace(value, namespace)
                if "name" in value and value.get("type") in (*_RECORDS, "enum", "fixed"):
                    self._named.setdefault(full_name(value, namespace), (value, file, namespace))
            if isinstance(value, Object | Items):
                children = list(value.values()) if isinstance(value, Object) else list(value)
                waiting += [(child, namespace) for child in reversed(children)]

    def records(self, root: Value, file: SchemaFile) -> Iterator[Payload]:
        """The records that a document is about: itself, the items of a list, the types of a protocol."""
        namespace = _namespace(object_of(root), "")
        for value in items_of(root) or items_of(object_of(root).get("types")) or [root]:
            record = object_of(value)
            if record.get("type") in _RECORDS:
                if text_of(record.get("name")) and "fields" in record:
                    yield self.payload(record, file, namespace)
                else:
                    self._library.complain(file, record.line, "has a record without a name or without fields")

    def payload(self, schema: Value, file: SchemaFile, namespace: str = "") -> Payload:
        """All leaves of a schema, under its full name."""
        holder = object_of(schema)
        leaves = self._budget.leaves()
        self._walk(schema, _At(file, namespace), leaves, file)
        name = full_name(holder, _namespace(holder, namespace)) if "name" in holder else text_of(schema)
        return self._budget.spend(leaves.payload(name, file.name, holder.line))

    def _walk(self, schema: Value, at: _At, leaves: Leaves, home: SchemaFile) -> None:
        if not leaves.enter(at.path, at.nested):
            return
        at = replace(at, nested=at.nested + 1)
        if isinstance(schema, Items):
            for choice in schema:
                self._walk(choice, at, leaves, home)
        elif isinstance(schema, Object):
            self._complex(schema, at, leaves, home)
        elif text_of(schema) in _PRIMITIVES:
            _add(_PRIMITIVES[text_of(schema)], at, leaves, home)
        else:
            found = self._find(text_of(schema), at)
            if found is None:
                self._library.complain(at.file, at.line, "uses a type that is in none of the files given")
                _add("JSON", at, leaves, home)
            else:
                definition, file, namespace = found
                self._walk(definition, replace(at, file=file, namespace=namespace), leaves, home)

    def _complex(self, schema: Object, at: _At, leaves: Leaves, home: SchemaFile) -> None:
        kind = schema.get("type")
        at = replace(at, comment=at.comment or comment_of(text_of(schema.get("doc"))))
        if kind in _RECORDS:
            self._record(schema, at, leaves, home)
        elif kind == "array":
            self._walk(
                schema.get("items"), replace(at, before=at.before + "ARRAY<", after=">" + at.after), leaves, home
            )
        elif kind == "map":
            wrapped = replace(at, before=at.before + "MAP<TEXT, ", after=">" + at.after, in_map=True)
            self._walk(schema.get("values"), wrapped, leaves, home)
        elif kind == "enum":
            _add("ENUM", at, leaves, home)
        elif logical := _logical(text_of(schema.get("logicalType"))):
            _add(logical, at, leaves, home)
        elif kind == "fixed":
            _add("BINARY", at, leaves, home)
        elif isinstance(kind, str | Object | Items):
            self._walk(kind, _marked(schema, at), leaves, home)
        else:
            self._library.complain(at.file, schema.line, "has a schema without a type")
            leaves.open = True

    def _record(self, schema: Object, at: _At, leaves: Leaves, home: SchemaFile) -> None:
        if id(schema) in at.above:
            leaves.open = True
            return
        inner = replace(at, namespace=_namespace(schema, at.namespace), above=at.above | {id(schema)})
        for value in items_of(schema.get("fields")):
            field = object_of(value)
            if name := text_of(field.get("name")):
                path = (*at.path, name)
                here = replace(inner, path=path, line=field.line, before="", after="", in_map=False)
                here = _marked(field, replace(here, comment=comment_of(text_of(field.get("doc")))))
                self._walk(field.get("type"), here, leaves, home)

    def _find(self, name: str, at: _At) -> tuple[Object, SchemaFile, str] | None:
        return self._named.get(f"{at.namespace}.{name}" if "." not in name and at.namespace else name) or (
            self._named.get(name)
        )


def full_name(schema: Object, namespace: str) -> str:
    """The full name of a named type that stands in a namespace."""
    name = text_of(schema.get("name"))
    return name if "." in name or not namespace else f"{namespace}.{name}"


def _namespace(schema: Object, around: str) -> str:
    """The namespace within a schema: its own, that of its full name, or the one around it."""
    name = text_of(schema.get("name"))
    if "." in name and "type" in schema:
        return name.rpartition(".")[0]
    return text_of(schema.get("namespace")) or around


def _logical(name: str) -> str:
    return "TIMESTAMP" if "timestamp-" in name else _LOGICAL.get(name, "")


def _marked(holder: Object, at: _At) -> _At:
    pairs = [
        (key, str(said))
        for key, value in holder.items()
        if key not in _STANDARD
        for said in items_of(value) or [value]
        if isinstance(said, str | bool)
    ]
    marks = read_marks(pairs)
    categories = at.categories if marks.categories is None else marks.categories
    return replace(at, categories=categories, redacted=at.redacted or marks.redacted)


def _add(type_: str, at: _At, leaves: Leaves, home: SchemaFile) -> None:
    if not type_:
        return
    if type_ in ("JSON", "VARBINARY") or (at.in_map and type_ == "TEXT") or not at.path:
        leaves.open = True
    if at.path:
        line = at.line if at.file is home else 0
        whole = f"{at.before}{type_}{at.after}"
        leaves.add(PayloadField(at.path, whole, at.comment, None, at.categories, at.redacted, "body", line))
