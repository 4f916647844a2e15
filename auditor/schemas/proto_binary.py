"""A binary FileDescriptorSet, as `protoc --descriptor_set_out` and `buf build` write it, to what it declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from auditor.schemas.leaves import comment_of
from auditor.schemas.marks import NO_MARKS, read_marks
from auditor.schemas.payloads import Problem, SchemaFile
from auditor.schemas.proto_model import ProtoField, ProtoFile, ProtoMessage, ProtoMethod

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto

_SCALARS = {
    1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32", 8: "bool", 9: "string",
    12: "bytes", 13: "uint32", 15: "sfixed32", 16: "sfixed64", 17: "sint32", 18: "sint64",
}  # fmt: skip
_REPEATED = 3
_MESSAGES, _NESTED, _FIELDS, _SERVICES, _METHODS = 4, 3, 2, 6, 2  # numbers in the paths of source locations
_KEY = re.compile(rb"[A-Za-z_]+(?:[._][A-Za-z_]+)+")
_DEEPEST = 64

_Path = tuple[int, ...]


def is_set(data: bytes) -> bool:
    """Whether bytes are a set of file descriptors, and not some other protobuf message."""
    if data[:1] != b"\n":  # its only field, number 1, of bytes
        return False
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from google.protobuf.message import DecodeError

    try:
        files = FileDescriptorSet.FromString(data).file
    except DecodeError:
        return False
    return bool(files) and all(file.name.isprintable() and file.name.endswith(".proto") for file in files)


def parse_set(file: SchemaFile) -> list[ProtoFile]:
    """The files of a set; never raises for what it holds."""
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from google.protobuf.message import DecodeError

    try:
        files = FileDescriptorSet.FromString(file.data).file
    except DecodeError:
        broken = ProtoFile(file)
        broken.problems.append(Problem(file.name, 0, "is not a set of protobuf file descriptors"))
        return [broken]
    names = _option_names(files)
    return [_Reader(file, descriptor, names).result for descriptor in files]


class _Reader:
    def __init__(self, file: SchemaFile, descriptor: FileDescriptorProto, names: Mapping[int, str]) -> None:
        self._names = names
        self.result = ProtoFile(file, descriptor.name, descriptor.package, list(descriptor.dependency))
        self._comments = {
            tuple(location.path): f"{location.leading_comments} {location.trailing_comments}"
            for location in descriptor.source_code_info.location
        }
        for number, message in enumerate(descriptor.message_type):
            self._message(message, descriptor.package, (_MESSAGES, number))
        self.result.enums |= {_joined(descriptor.package, enum.name) for enum in descriptor.enum_type}
        for service in descriptor.service:
            name = _joined(descriptor.package, service.name)
            for method in service.method:
                full = f"{name}/{method.name}"
                self.result.methods.append(ProtoMethod(full, name, method.input_type, method.output_type, 0))

    def _message(self, message: DescriptorProto, scope: str, path: _Path) -> None:
        name = _joined(scope, message.name)
        maps = {f".{name}.{inner.name}": inner for inner in message.nested_type if inner.options.map_entry}
        found = ProtoMessage(name, 0, extensible=bool(message.extension_range))
        self.result.messages.append(found)
        self.result.enums |= {_joined(name, enum.name) for enum in message.enum_type}
        for number, field in enumerate(message.field):
            comment = comment_of(self._comments.get((*path, _FIELDS, number)))
            entry = maps.get(field.type_name)
            repeated = field.label == _REPEATED and entry is None
            key = _SCALARS.get(entry.field[0].type, "string") if entry is not None and len(entry.field) == 2 else None
            kind = _type(entry.field[1] if entry is not None and len(entry.field) == 2 else field)
            marks = read_marks(list(_options(field, self._names))) if field.HasField("options") else NO_MARKS
            found.fields.append(ProtoField(field.name, kind, 0, repeated, key, comment, marks))
        if len(path) < _DEEPEST:
            for number, inner in enumerate(message.nested_type):
                if not inner.options.map_entry:
                    self._message(inner, name, (*path, _NESTED, number))


def _type(field: FieldDescriptorProto) -> str:
    return _SCALARS.get(field.type) or field.type_name


def _options(field: FieldDescriptorProto, names: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    """The options that may be marks. Custom ones come as bytes: what is looked for in them is keys, and true."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    yield "debug_redact", str(field.options.debug_redact).lower()
    unknown = UnknownFieldSet(field.options)
    for option in map(unknown.__getitem__, range(len(unknown))):
        name = names.get(option.field_number, "")
        if isinstance(option.data, bytes):
            yield from ((name, text.decode()) for text in _KEY.findall(option.data))
        elif option.data in (0, 1):
            yield name, "true" if option.data else "false"
    for written in field.options.uninterpreted_option:
        name = ".".join(part.name_part for part in written.name)
        yield name, written.identifier_value or written.string_value.decode("utf-8", errors="replace")


def _option_names(files: Iterable[FileDescriptorProto]) -> dict[int, str]:
    """The numbers of the custom options of fields, with their names."""
    return {
        extension.number: extension.name
        for file in files
        for extension in file.extension
        if extension.extendee == ".google.protobuf.FieldOptions"
    }


def _joined(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
