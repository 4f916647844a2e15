"""From Thrift's types to the leaves of payloads."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.schemas.payloads import DEEPEST, MOST_FIELDS
from auditor.schemas.stated import is_redacting, stated_categories
from auditor.schemas.thrift_grammar import Annotation, Document, Member, Service, Struct, Type
from lineage.payload import Payload, PayloadField

_BASE = {
    "bool": "BOOLEAN",
    "byte": "TINYINT",
    "i8": "TINYINT",
    "i16": "SMALLINT",
    "i32": "INT",
    "i64": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "string": "TEXT",
    "slist": "TEXT",
    "uuid": "UUID",
    "binary": "BLOB",
}
_DEEPEST_ALIAS = 32
RESULT = "success"  # what Thrift itself calls the field of a result


@dataclass
class Scope:
    """A file's names: its own definitions, and under `name.` those of the files that it includes."""

    document: Document
    source: str
    includes: dict[str, Scope] = field(default_factory=dict)

    def struct(self, name: str) -> tuple[Scope, Struct] | None:
        """The struct, union or exception of that name, with the file that it stands in."""
        owner, local = self._owner(name)
        found = owner.document.structs.get(local) if owner else None
        return (owner, found) if owner and found else None

    def service(self, name: str) -> tuple[Scope, Service] | None:
        """The service of that name."""
        owner, local = self._owner(name)
        services = owner.document.services if owner else ()
        return next(((owner, each) for each in services if owner and each.name == local), None)

    def resolved(self, type_: Type) -> tuple[Scope, Type, tuple[Annotation, ...]]:
        """A type with its typedefs followed, the file that its name now means something in, and their annotations."""
        scope: Scope = self
        annotations: tuple[Annotation, ...] = ()
        for _ in range(_DEEPEST_ALIAS):
            owner, local = scope._owner(type_.name)
            alias = owner.document.typedefs.get(local) if owner else None
            if owner is None or alias is None:
                break
            scope, type_, annotations = owner, alias[0], (*annotations, *alias[1])
        return scope, type_, annotations

    def is_enum(self, name: str) -> bool:
        """Whether an enum has that name."""
        owner, local = self._owner(name)
        return owner is not None and local in owner.document.enums

    def _owner(self, name: str) -> tuple[Scope | None, str]:
        prefix, dot, local = name.partition(".")
        return (self.includes.get(prefix), local) if dot else (self, name)


@dataclass(frozen=True, slots=True)
class _Step:
    path: tuple[str, ...]
    scope: Scope
    member: Member
    annotations: tuple[Annotation, ...]  # handed down from what it lies in
    within: tuple[tuple[str, str], ...] = ()  # (file, struct) around it


def payload(scope: Scope, struct: Struct) -> Payload:
    """A struct, union or exception with its leaves."""
    steps = [_Step((m.name,), scope, m, struct.annotations, ((scope.source, struct.name),)) for m in struct.members]
    fields, is_open = _leaves(steps)
    return Payload(struct.name, fields, is_open, scope.source, struct.line)


def flatten(
    scope: Scope, members: Sequence[Member], returned: Type | None = None, line: int = 0
) -> tuple[tuple[PayloadField, ...], bool]:
    """The leaves of members and of a returned value, and whether there may be more.

    A returned struct's own fields are the root; a returned scalar is named `success`. Exceptions are members whose
    own names stand before their fields.
    """
    steps = [_Step((member.name,), scope, member, ()) for member in members]
    if returned is not None:
        steps.insert(0, _Step((), scope, Member(RESULT, returned, line=line), ()))
    return _leaves(steps)


def _leaves(steps: Sequence[_Step]) -> tuple[tuple[PayloadField, ...], bool]:
    waiting = deque(steps)
    found: dict[tuple[str, ...], PayloadField] = {}
    reached: set[tuple[str, str]] = set()
    opened: set[tuple[str, str]] = set()
    is_open = False
    while waiting:
        step = waiting.popleft()
        scope, type_, aliases = _item(step.scope, step.member.type)
        annotations = step.member.annotations or aliases or step.annotations
        struct = scope.struct(type_.name)
        if struct is None:
            leaf_type = _text(step.scope, step.member.type)
            is_open |= leaf_type is None or leaf_type.endswith("BLOB") or "MAP<" in leaf_type
            path = step.path or (step.member.name,)
            if len(found) < MOST_FIELDS:
                found.setdefault(path, _leaf(path, step.member, leaf_type or "TEXT", annotations))
            else:
                is_open |= path not in found
            continue
        owner, definition = struct
        key = (owner.source, definition.name)
        reached.add(key)
        if key in step.within or len(step.path) >= DEEPEST or len(waiting) > MOST_FIELDS:
            continue
        opened.add(key)
        down = step.member.annotations or definition.annotations or step.annotations
        within = (*step.within, key)
        for member in definition.members:
            waiting.append(_Step((*step.path, member.name), owner, member, down, within))
    around = {key for step in steps for key in step.within}
    return tuple(found.values()), is_open or not reached <= opened | around


def _item(scope: Scope, type_: Type, depth: int = 0) -> tuple[Scope, Type, tuple[Annotation, ...]]:
    """What a list or set holds, through typedefs; a map is a leaf unless its values are structs."""
    scope, type_, annotations = scope.resolved(type_)
    if depth < DEEPEST and type_.inner and type_.name != "map":
        scope, type_, inner = _item(scope, type_.inner[0], depth + 1)
        return scope, type_, annotations or inner
    if depth < DEEPEST and type_.name == "map" and len(type_.inner) == 2:
        values, value, inner = _item(scope, type_.inner[1], depth + 1)
        if values.struct(value.name):
            return values, value, annotations or inner
    return scope, type_, annotations


def _text(scope: Scope, type_: Type, depth: int = 0) -> str | None:
    """A leaf's type in the one type language; None when nothing is known of it."""
    scope, type_, _ = scope.resolved(type_)
    if depth > DEEPEST:
        return None
    inner = [_text(scope, each, depth + 1) or "TEXT" for each in type_.inner]
    if type_.name == "map" and len(inner) == 2:
        return f"MAP<{inner[0]}, {inner[1]}>"
    if inner:
        return f"ARRAY<{inner[0]}>"
    return _BASE.get(type_.name, "TEXT" if scope.is_enum(type_.name) else None)


def _leaf(path: tuple[str, ...], member: Member, type_: str, annotations: Sequence[Annotation]) -> PayloadField:
    stated = stated_categories(part for _, value in annotations for part in value.split(","))
    redacted = any(is_redacting(name, value) for name, value in annotations)
    format_ = "uuid" if type_ == "UUID" else None
    return PayloadField(path, type_, member.comment, format_, stated, redacted, line=member.line)
