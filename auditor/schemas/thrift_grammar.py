"""Thrift IDL to plain definitions: a descent over tokens that survives what it cannot read.

Why of our own: docs/decisions/0011-thrift-by-hand.md. Reads what Apache's compiler, Scrooge (Finagle) and fbthrift
accept as far as payloads need it: constants and enum members are skipped. One bad definition costs itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.schemas.thrift_tokens import SEPARATORS, BadError, TokenReader, tokens

_DEEPEST_TYPE = 32

Annotation = tuple[str, str]  # name, value


@dataclass(frozen=True, slots=True)
class Type:
    """A type as written: a name, or list, set or map of `inner` types."""

    name: str
    inner: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A field, parameter or declared exception."""

    name: str
    type: Type
    comment: str | None = None
    annotations: tuple[Annotation, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Function:
    """`returns` None for void; `throws` are the exceptions that it declares."""

    name: str
    returns: Type | None
    parameters: tuple[Member, ...]
    throws: tuple[Member, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct, union or exception."""

    name: str
    members: tuple[Member, ...]
    annotations: tuple[Annotation, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """`extends` may name a service of an included file, `shared.Base`."""

    name: str
    extends: str | None
    functions: tuple[Function, ...]
    line: int = 0


@dataclass
class Document:
    """Everything that one file defines. `problems` are lines on which a definition could not be read."""

    includes: list[str] = field(default_factory=list)
    typedefs: dict[str, tuple[Type, tuple[Annotation, ...]]] = field(default_factory=dict)
    enums: set[str] = field(default_factory=set)
    structs: dict[str, Struct] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)
    problems: list[int] = field(default_factory=list)


def parse(text: str) -> Document:
    """The definitions of a Thrift file. Never raises: what cannot be read is a line in `problems`."""
    reader = TokenReader(list(tokens(text)))
    document = Document()
    while (token := reader.peek()).kind != "end":
        start = reader.at
        try:
            _definition(reader, document)
        except BadError:
            document.problems.append(reader.peek().line or token.line)
            reader.at = max(reader.at, start + 1)
            reader.skip_to_definition()
    return document


def _definition(reader: TokenReader, document: Document) -> None:
    if reader.take(*SEPARATORS):
        return
    reader.comment()
    if reader.take("@"):  # fbthrift: a structured annotation, which we do not read
        reader.name()
        if reader.take("{"):
            reader.at -= 1
            reader.skip_value()
        return
    token = reader.name()
    match token.text:
        case "include" | "cpp_include" | "package":
            path = reader.text()
            document.includes += [path] if token.text == "include" else []
        case "namespace":
            reader.take("*") or reader.name()
            if reader.peek().kind == "text":
                reader.text()
            else:
                reader.name()
            _annotations(reader)
        case "typedef":
            type_ = _type(reader)
            name = reader.name().text
            document.typedefs[name] = (type_, _annotations(reader))
        case "const":
            _type(reader)
            reader.name()
            reader.need("=")
            reader.skip_value()
        case "enum" | "senum":
            document.enums.add(reader.name().text)
            reader.need("{")
            reader.at -= 1
            reader.skip_value()
            _annotations(reader)
        case "struct" | "union" | "exception":
            name_token = reader.name()
            reader.take("xsd_all")
            members = _members(reader, "{", "}")
            annotations = _annotations(reader)
            document.structs[name_token.text] = Struct(name_token.text, members, annotations, name_token.line)
        case "service" | "interaction":
            document.services.append(_service(reader))
        case _:
            raise BadError


def _service(reader: TokenReader) -> Service:
    name = reader.name()
    extends = reader.name().text if reader.take("extends") else None
    reader.need("{")
    functions = []
    while not reader.take("}"):
        reader.comment()
        while reader.take("@"):
            reader.name()
            if reader.take("{"):
                reader.at -= 1
                reader.skip_value()
        functions.append(_function(reader))
    _annotations(reader)
    return Service(name.text, extends, tuple(functions), name.line)


def _function(reader: TokenReader) -> Function:
    reader.take("oneway", "async")
    returns = None if reader.take("void") else _type(reader)
    name = reader.name()
    parameters = _members(reader, "(", ")")
    throws = _members(reader, "(", ")") if reader.take("throws") else ()
    _annotations(reader)
    reader.take(*SEPARATORS)
    return Function(name.text, returns, parameters, throws, name.line)


def _members(reader: TokenReader, opening: str, closing: str) -> tuple[Member, ...]:
    reader.need(opening)
    found = []
    while not reader.take(closing):
        comment = reader.comment()
        while reader.take("@"):
            reader.name()
            if reader.take("{"):
                reader.at -= 1
                reader.skip_value()
        if reader.peek().kind == "number":
            reader.at += 1
            reader.need(":")
        reader.take("required", "optional", "terse")
        type_ = _type(reader)
        name = reader.name()
        if reader.take("="):
            reader.skip_value()
        reader.take("xsd_optional", "xsd_nillable")
        annotations = _annotations(reader)
        reader.take(*SEPARATORS)
        found.append(Member(name.text, type_, comment, annotations, name.line))
    return tuple(found)


def _type(reader: TokenReader, depth: int = 0) -> Type:
    if depth > _DEEPEST_TYPE:
        raise BadError
    name = reader.name().text
    inner: tuple[Type, ...] = ()
    if name in ("list", "set", "map", "stream", "sink"):
        if reader.take("cpp_type"):
            reader.text()
        reader.need("<")
        inner = (_type(reader, depth + 1),)
        while reader.take(","):
            inner = (*inner, _type(reader, depth + 1))
        reader.need(">")
        if reader.take("cpp_type"):
            reader.text()
    _annotations(reader)
    return Type(name, inner)


def _annotations(reader: TokenReader) -> tuple[Annotation, ...]:
    if not reader.take("("):
        return ()
    found = []
    while not reader.take(")"):
        name = reader.name().text
        value = "true"
        if reader.take("="):
            token = reader.peek()
            value = token.text[1:-1] if token.kind == "text" else token.text
            reader.skip_value()
        found.append((name, value))
        reader.take(*SEPARATORS)
    return tuple(found)
