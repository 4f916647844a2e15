"""GraphQL definitions as plain values, and the types of a schema by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from graphql.language import ast

from auditor.schemas.stated import is_redacting, stated_categories

_OBJECTS = (
    ast.ObjectTypeDefinitionNode,
    ast.ObjectTypeExtensionNode,
    ast.InterfaceTypeDefinitionNode,
    ast.InterfaceTypeExtensionNode,
)
_INPUTS = (ast.InputObjectTypeDefinitionNode, ast.InputObjectTypeExtensionNode)
_UNIONS = (ast.UnionTypeDefinitionNode, ast.UnionTypeExtensionNode)
_ENUMS = (ast.EnumTypeDefinitionNode, ast.EnumTypeExtensionNode)
_DEFINITIONS = (ast.TypeDefinitionNode, ast.SchemaDefinitionNode)
# Scalars by the names that servers give them; one that is not here is a text of unknown form.
_SCALARS = {
    "id": "TEXT",
    "string": "TEXT",
    "int": "INT",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "long": "BIGINT",
    "bigint": "BIGINT",
    "int64": "BIGINT",
    "decimal": "DECIMAL",
    "bigdecimal": "DECIMAL",
    "date": "DATE",
    "localdate": "DATE",
    "time": "TIME",
    "datetime": "TIMESTAMP",
    "localdatetime": "TIMESTAMP",
    "timestamp": "TIMESTAMP",
    "instant": "TIMESTAMP",
    "uuid": "UUID",
}
_OPEN_SCALARS = frozenset("json jsonobject jsonstring any map object upload _any bytes base64 base64string".split())
_FORMATS = {"emailaddress": "email", "email": "email", "phonenumber": "phone", "url": "uri", "uuid": "uuid"}
_FORMATS |= {"ipv4": "ipv4", "ipv6": "ipv6", "ip": "ip", "date": "date", "datetime": "date-time"}


@dataclass(frozen=True, slots=True)
class Marks:
    """What descriptions and directives say. `categories` None: nothing."""

    comment: str | None = None
    categories: tuple[str, ...] | None = None
    redacted: bool = False

    def below(self, outer: Marks) -> Marks:
        """These marks where a type's own ones hold for all its fields."""
        stated = self.categories if self.categories is not None else outer.categories
        return replace(self, categories=stated, redacted=self.redacted or outer.redacted)


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field or argument: `type` is the name of its type, `lists` how many lists it is wrapped in."""

    name: str
    type: str
    lists: int
    marks: Marks
    line: int
    arguments: tuple[FieldOf, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A type, or one of its extensions. `members` are the types of a union; `interfaces` those that it implements."""

    kind: str  # object, input, union, enum, scalar or schema
    name: str
    source: str
    marks: Marks = Marks()
    fields: tuple[FieldOf, ...] = ()
    members: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    is_extension: bool = False
    line: int = 0


def definition(node: ast.Node, source: str) -> Definition | None:
    """A definition of the type system as a plain value; None for what defines no type (directives, operations)."""
    marks, line = _marks(node), _line(node)
    extends = not isinstance(node, _DEFINITIONS)
    match node:
        case ast.SchemaDefinitionNode() | ast.SchemaExtensionNode():
            roots = tuple(
                FieldOf(each.operation.value, each.type.name.value, 0, Marks(), _line(each))
                for each in node.operation_types or ()
            )
            return Definition("schema", "", source, fields=roots, line=line)
        case node if isinstance(node, _OBJECTS):
            interfaces = tuple(each.name.value for each in node.interfaces or ())
            fields = tuple(_field(each) for each in node.fields or ())
            return Definition("object", node.name.value, source, marks, fields, (), interfaces, extends, line)
        case node if isinstance(node, _INPUTS):
            fields = tuple(_field(each) for each in node.fields or ())
            return Definition("input", node.name.value, source, marks, fields, is_extension=extends, line=line)
        case node if isinstance(node, _UNIONS):
            members = tuple(each.name.value for each in node.types or ())
            return Definition("union", node.name.value, source, marks, (), members, (), extends, line)
        case node if isinstance(node, _ENUMS):
            return Definition("enum", node.name.value, source, marks, is_extension=extends, line=line)
        case ast.ScalarTypeDefinitionNode():
            return Definition("scalar", node.name.value, source, marks, line=line)
    return None


class Types:
    """The types as one file means them: by its own definitions first, else by those of the other files."""

    def __init__(self, own: Sequence[Definition], everything: Sequence[Sequence[Definition]]) -> None:
        mine = {each.name for each in own if not each.is_extension and each.kind != "schema"}
        self._parts: dict[str, list[Definition]] = defaultdict(list)
        self._members: dict[str, list[str]] = defaultdict(list)
        self.roots: dict[str, str] = {}
        schemas = [each for each in own if each.kind == "schema"]
        for found in everything:
            is_own = found is own
            theirs = {each.name for each in found if not each.is_extension}
            for each in found:
                if each.kind == "schema":
                    schemas += [] if is_own or schemas else [each]
                elif is_own or each.name not in mine or (each.is_extension and each.name not in theirs):
                    self._parts[each.name].append(each)
        for schema in schemas:
            self.roots |= {root.name: root.type for root in schema.fields}
        self._fields: dict[str, tuple[FieldOf, ...]] = {}
        self._composite = {
            name for name, parts in self._parts.items() if any(p.kind in ("object", "input", "union") for p in parts)
        }
        for name, parts in self._parts.items():
            for interface in {interface for part in parts for interface in part.interfaces}:
                self._members[interface].append(name)

    def fields(self, name: str) -> tuple[FieldOf, ...]:
        """The fields of a type, its own marks on the leaves; of an interface or union those of all its members."""
        if name not in self._fields:
            self._fields[name] = tuple(self._all_fields(name))
        return self._fields[name]

    def _all_fields(self, name: str) -> Iterator[FieldOf]:
        seen: set[tuple[str, str]] = set()
        for part in self._with_members(name):
            for field in part.fields:
                if (field.name, field.type) not in seen:
                    seen.add((field.name, field.type))
                    marks = field.marks if self.is_composite(field.type) else field.marks.below(part.marks)
                    yield replace(field, marks=marks)

    def is_composite(self, name: str) -> bool:
        """Whether a value of this type has fields of its own."""
        return name in self._composite

    def is_open(self, name: str) -> bool:
        """Whether a value of this leaf type may hold anything: a scalar of free form, or a type that nobody defines."""
        parts = self._parts.get(name, ())
        if any(part.kind == "enum" for part in parts) or name.lower() in _SCALARS or name.lower() in _FORMATS:
            return False
        return name.lower() in _OPEN_SCALARS or not parts

    def leaf_type(self, field: FieldOf) -> str:
        """A leaf's type in the one type language."""
        name = field.type.lower()
        type_ = "JSON" if name in _OPEN_SCALARS else _SCALARS.get(name, "TEXT")
        for _ in range(min(field.lists, 8)):
            type_ = f"ARRAY<{type_}>"
        return type_

    def leaf_format(self, field: FieldOf) -> str | None:
        """The hint that a scalar's name gives."""
        return _FORMATS.get(field.type.lower())

    def leaf_marks(self, field: FieldOf) -> Marks:
        """A leaf's marks, those of its scalar or enum included."""
        marks = field.marks
        for part in self._parts.get(field.type, ()):
            marks = marks.below(part.marks)
        return marks

    def _with_members(self, name: str) -> Iterator[Definition]:
        waiting, seen = [name], {name}
        while waiting:
            current = waiting.pop(0)
            parts = self._parts.get(current, ())
            yield from parts
            for member in (*self._members.get(current, ()), *(m for part in parts for m in part.members)):
                if member not in seen:
                    seen.add(member)
                    waiting.append(member)


def _field(node: ast.FieldDefinitionNode | ast.InputValueDefinitionNode) -> FieldOf:
    type_: ast.TypeNode = node.type
    lists = 0
    while isinstance(type_, ast.ListTypeNode | ast.NonNullTypeNode):
        lists += isinstance(type_, ast.ListTypeNode)
        type_ = type_.type
    arguments = tuple(_field(each) for each in getattr(node, "arguments", None) or ())
    return FieldOf(node.name.value, _name(type_), lists, _marks(node), _line(node), arguments)


def _name(type_: ast.TypeNode) -> str:
    return type_.name.value if isinstance(type_, ast.NamedTypeNode) else ""


def _marks(node: ast.Node) -> Marks:
    description = getattr(node, "description", None)
    comment = " ".join(description.value.split()) if description else None
    directives: Iterable[ast.DirectiveNode] = getattr(node, "directives", None) or ()
    stated: list[object] = []
    redacted = False
    for directive in directives:
        values = {argument.name.value: argument.value for argument in directive.arguments or ()}
        redacted |= is_redacting(directive.name.value)
        if directive.name.value not in ("deprecated", "specifiedBy"):
            stated += [text for value in values.values() for text in _texts(value)]
    return Marks(comment or None, stated_categories(stated), redacted)


def _texts(value: ast.ValueNode) -> Iterator[str]:
    if isinstance(value, ast.StringValueNode):
        yield value.value
    elif isinstance(value, ast.ListValueNode):
        yield from (each.value for each in value.values if isinstance(each, ast.StringValueNode))


def _line(node: ast.Node) -> int:
    name = getattr(node, "name", None) or node
    return name.loc.start_token.line if name.loc else 0
