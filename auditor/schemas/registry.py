"""Dumps of a schema registry: a list of entries with subject, version and a schema that is written as a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.schemas.document import Object, Value, items_of, text_of
from auditor.schemas.payloads import SchemaFile

_PARTS = ("-value", "-key")


@dataclass(frozen=True, slots=True)
class Entry:
    """A schema of a registry, as a file of its own; `form` is AVRO, JSON or PROTOBUF, `line` its place in the dump."""

    subject: str
    version: int
    form: str
    file: SchemaFile
    line: int


def is_dump(root: Value) -> bool:
    """Whether a document is a dump of a registry."""
    return any(True for _ in _rows(root))


def entries(root: Value, file: SchemaFile) -> list[Entry]:
    """The newest version of every subject."""
    newest: dict[str, Entry] = {}
    for row in _rows(root):
        subject = text_of(row.get("subject"))
        written = text_of(row.get("version"))
        version = int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0
        place = file.path / subject.replace("/", "_")
        data = text_of(row.get("schema")).encode("utf-8", errors="replace")
        form = text_of(row.get("schemaType")).upper() or "AVRO"
        entry = Entry(subject, version, form, SchemaFile(place, file.name, data, file.service), row.line)
        if subject not in newest or newest[subject].version <= version:
            newest[subject] = entry
    return list(newest.values())


def channel_of(subject: str, message: str) -> str:
    """The topic that a subject belongs to, "" when it names none: `orders-value`, or `orders-shop.Order`."""
    for ending in (*_PARTS, f"-{message}"):
        if subject.endswith(ending):
            return subject.removesuffix(ending)
    return ""


def _rows(root: Value) -> Iterator[Object]:
    for row in items_of(root) or [root]:
        if isinstance(row, Object) and text_of(row.get("subject")) and isinstance(row.get("schema"), str):
            yield row
