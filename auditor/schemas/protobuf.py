"""Protobuf: `.proto` files and binary descriptor sets to the methods of their services and to all messages.

Types are looked up by their full names among all files given, so no import root has to be known. A type that no file
declares is open, and a problem; the rest of its message is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from auditor.schemas.detect import kind_of
from auditor.schemas.leaves import Budget, Leaves
from auditor.schemas.marks import NO_MARKS
from auditor.schemas.payloads import Payloads, Problem, SchemaFile
from auditor.schemas.proto_binary import parse_set
from auditor.schemas.proto_model import ProtoField, ProtoFile, ProtoMessage
from auditor.schemas.proto_text import parse_proto
from lineage.payload import Endpoint, Payload, PayloadField

LARGEST = 16 << 20  # bytes of a file
_MOST_PROBLEMS = 20  # types not found, of one file

_SCALARS = {
    "double": "DOUBLE", "float": "FLOAT", "bool": "BOOLEAN", "string": "TEXT", "bytes": "VARBINARY",
    "int32": "INT", "sint32": "INT", "sfixed32": "INT", "uint32": "BIGINT", "fixed32": "BIGINT",
    "int64": "BIGINT", "sint64": "BIGINT", "sfixed64": "BIGINT", "uint64": "BIGINT", "fixed64": "BIGINT",
}  # fmt: skip
_KNOWN = {
    "google.protobuf.Timestamp": "TIMESTAMP", "google.protobuf.Duration": "INTERVAL",
    "google.protobuf.FieldMask": "ARRAY<TEXT>",
    "google.protobuf.DoubleValue": "DOUBLE", "google.protobuf.FloatValue": "FLOAT",
    "google.protobuf.Int64Value": "BIGINT", "google.protobuf.UInt64Value": "BIGINT",
    "google.protobuf.Int32Value": "INT", "google.protobuf.UInt32Value": "BIGINT",
    "google.protobuf.BoolValue": "BOOLEAN", "google.protobuf.StringValue": "TEXT",
    "google.protobuf.BytesValue": "VARBINARY",
    "google.protobuf.Any": "JSON", "google.protobuf.Struct": "JSON", "google.protobuf.Value": "JSON",
    "google.protobuf.ListValue": "JSON", "google.protobuf.Empty": "",
    "google.type.Date": "DATE", "google.type.DateTime": "TIMESTAMP", "google.type.TimeOfDay": "TIME",
    "google.type.Money": "DECIMAL", "google.type.Decimal": "DECIMAL",
}  # fmt: skip
_OPEN = ("JSON", "VARBINARY")


@dataclass(frozen=True, slots=True)
class _Declared:
    """A message where it is declared; None for an enum."""

    message: ProtoMessage | None
    source: ProtoFile


def read(files: Sequence[SchemaFile]) -> Payloads:
    """What the protobuf files among these declare."""
    sources: list[ProtoFile] = []
    problems: list[Problem] = []
    for file in files:
        kind = kind_of(file)
        if kind in ("protobuf", "descriptor_set") and len(file.data) > LARGEST:
            problems.append(Problem(file.name, 0, f"is larger than {LARGEST >> 20} MiB"))
        elif kind == "protobuf":
            sources.append(parse_proto(file))
        elif kind == "descriptor_set":
            sources += parse_set(file)
    found = of_sources(sources)
    return Payloads(found.endpoints, found.messages, (*problems, *found.problems))


def of_sources(sources: Sequence[ProtoFile]) -> Payloads:
    """What files declare that were read already."""
    messages = _Messages(sources)
    endpoints = tuple(endpoint for source in sources for endpoint in messages.endpoints(source))
    payloads = tuple(payload for source in sources for payload in messages.payloads(source))
    return Payloads(endpoints, payloads, tuple(problem for source in sources for problem in source.problems))


class _Messages:
    """All messages of all files, by full name."""

    def __init__(self, sources: Sequence[ProtoFile]) -> None:
        self._declared: dict[str, list[_Declared]] = {}
        for source in sources:
            for message in source.messages:
                self._declared.setdefault(message.name, []).append(_Declared(message, source))
            for name in source.enums:
                self._declared.setdefault(name, []).append(_Declared(None, source))
        self._budget = Budget()
        self._known: dict[int, Payload] = {}
        self._found: dict[tuple[str, str, int], tuple[str, _Declared | None]] = {}

    def payloads(self, source: ProtoFile) -> Iterator[Payload]:
        """The messages of a file; those that every runtime brings along are left out."""
        if source.package != "google.protobuf":
            for message in source.messages:
                yield self._payload(_Declared(message, source))

    def endpoints(self, source: ProtoFile) -> Iterator[Endpoint]:
        """The methods of a file's services."""
        for method in source.methods:
            sides = [
                self._carried(type_, method.scope, source, method.line) for type_ in (method.request, method.response)
            ]
            name, file = method.name, source.file
            yield Endpoint("rpc", name, sides[0], sides[1], file.service, (), None, file.name, method.line)

    def _carried(self, written: str, scope: str, source: ProtoFile, line: int) -> Payload | None:
        name, found = self._find(written, scope, source)
        if found is not None and found.message is not None:
            payload = self._payload(found)
            return payload if payload.fields or payload.open else None
        if name in _KNOWN:
            return Payload(name, (), True, source.file.name, line) if _KNOWN[name] else None
        self._complain(source, line)
        return Payload(name, (), True, source.file.name, line)

    def _payload(self, declared: _Declared) -> Payload:
        message = declared.message
        assert message is not None
        known = self._known.get(id(message))
        if known is None:
            leaves = self._budget.leaves()
            self._walk(declared, leaves, (), frozenset(), declared.source, _Above())
            payload = leaves.payload(message.name, declared.source.file.name, message.line)
            known = self._known[id(message)] = self._budget.spend(payload)
        return known

    def _walk(
        self,
        declared: _Declared,
        leaves: Leaves,
        path: tuple[str, ...],
        above: frozenset[str],
        home: ProtoFile,
        said: _Above,
    ) -> None:
        message, source = declared.message, declared.source
        assert message is not None
        leaves.open = leaves.open or message.extensible
        above |= {message.name}
        for field in message.fields:
            here = (*path, field.name)
            if not leaves.enter(here, len(here)):
                return
            inner = said.below(field)
            name, found = self._find(field.type, message.name, source)
            if found is not None and found.message is not None and name not in _KNOWN:
                if name in above:
                    leaves.open = True
                else:
                    self._walk(found, leaves, here, above, home, inner)
                continue
            type_ = _SCALARS.get(field.type) or _KNOWN.get(name) or ("ENUM" if found is not None else "")
            if not type_ and name in _KNOWN:
                continue  # Empty
            if not type_:
                self._complain(source, field.line)
                type_ = "JSON"
            if type_ in _OPEN or (field.key and type_ == "TEXT"):
                leaves.open = True
            line = field.line if source is home else 0
            type_ = _wrapped(type_, field)
            leaves.add(PayloadField(here, type_, field.comment, field.format, *inner.pair, "body", line))

    def _find(self, written: str, scope: str, source: ProtoFile) -> tuple[str, _Declared | None]:
        """The full name of a type as written, seen from a scope, and its declaration: the innermost scope's first."""
        if written in _SCALARS:
            return written, None
        key = (written, scope, id(source))
        if key not in self._found:
            self._found[key] = self._search(written, scope, source)
        return self._found[key]

    def _search(self, written: str, scope: str, source: ProtoFile) -> tuple[str, _Declared | None]:
        if written.startswith("."):
            return written[1:], self._nearest(written[1:], source)
        while True:
            name = f"{scope}.{written}" if scope else written
            if name in self._declared:
                return name, self._nearest(name, source)
            if not scope:
                return written, None
            scope = scope.rpartition(".")[0]

    def _nearest(self, name: str, source: ProtoFile) -> _Declared | None:
        """Of several declarations of one name: the file's own, an imported one, the one that lies nearest."""
        candidates = self._declared.get(name, [])
        if len(candidates) < 2:
            return candidates[0] if candidates else None

        def distance(declared: _Declared) -> tuple[bool, bool, bool, int]:
            other = declared.source
            place = other.file.path.as_posix()
            imported = any(place.endswith(f"/{name}") or other.name == name for name in source.imports)
            pairs = zip(place.split("/"), source.file.path.as_posix().split("/"), strict=False)
            shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            return other is not source, other.file is not source.file, not imported, -shared

        return min(candidates, key=distance)

    def _complain(self, source: ProtoFile, line: int) -> None:
        problem = Problem(source.file.name, line, "uses a type that is in none of the files given")
        if problem not in source.problems and len(source.problems) < _MOST_PROBLEMS:
            source.problems.append(problem)


@dataclass(frozen=True, slots=True)
class _Above:
    """What the marks of the fields above say, unless a field says something itself."""

    categories: tuple[str, ...] | None = None
    redacted: bool = False

    def below(self, field: ProtoField) -> _Above:
        if field.marks is NO_MARKS:
            return self
        categories = self.categories if field.marks.categories is None else field.marks.categories
        return _Above(categories, self.redacted or field.marks.redacted)

    @property
    def pair(self) -> tuple[tuple[str, ...] | None, bool]:
        return self.categories, self.redacted


def _wrapped(type_: str, field: ProtoField) -> str:
    if field.key is not None:
        return f"MAP<{_SCALARS.get(field.key, 'TEXT')}, {type_}>"
    return f"ARRAY<{type_}>" if field.repeated else type_
