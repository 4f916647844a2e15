"""What protobuf files declare, whether they were read as text or as a descriptor set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.schemas.marks import NO_MARKS, Marks
from auditor.schemas.payloads import Problem, SchemaFile

_CHECKED = re.compile(r"\bstring\W+(\w+)$")


@dataclass(frozen=True, slots=True)
class ProtoField:
    """A field; `type` is a scalar's name or a type's as written, `key` the key type of a map."""

    name: str
    type: str
    line: int
    repeated: bool = False
    key: str | None = None
    comment: str | None = None
    marks: Marks = NO_MARKS
    format: str | None = None


@dataclass(slots=True)
class ProtoMessage:
    """A message by its full name; `extensible` when others may add fields."""

    name: str
    line: int
    fields: list[ProtoField] = field(default_factory=list)
    extensible: bool = False


@dataclass(frozen=True, slots=True)
class ProtoMethod:
    """A method: `package.Service/Method`, with its types as written, seen from `scope`."""

    name: str
    scope: str
    request: str
    response: str
    line: int


@dataclass(slots=True)
class ProtoFile:
    """A file. `name` is what others import it by, in a descriptor set; `problems` are what could not be read."""

    file: SchemaFile
    name: str = ""
    package: str = ""
    imports: list[str] = field(default_factory=list)
    messages: list[ProtoMessage] = field(default_factory=list)
    enums: set[str] = field(default_factory=set)
    methods: list[ProtoMethod] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def format_of(options: Sequence[tuple[str, str]]) -> str | None:
    """The form that a validation rule asks of a text: `(validate.rules).string.email = true` is email."""
    return next((m[1] for name, value in options if value == "true" and (m := _CHECKED.search(name))), None)
