"""Avro: schema files (.avsc, .avpr) and dumps of a schema registry, whose JSON and protobuf schemas are read too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.schemas.avro_types import Types
from auditor.schemas.detect import kind_of
from auditor.schemas.document import Items, Object, Unreadable, Value, read_document
from auditor.schemas.jsonschema import as_endpoint, message_of
from auditor.schemas.payloads import Payloads, SchemaFile
from auditor.schemas.proto_text import parse_proto
from auditor.schemas.protobuf import of_sources
from auditor.schemas.references import Library
from auditor.schemas.registry import Entry, channel_of, entries, is_dump
from auditor.schemas.shapes import Shapes
from lineage.payload import Endpoint, Payload


def read(files: Sequence[SchemaFile]) -> Payloads:
    """What the Avro files and registry dumps among these declare."""
    library = Library(files)
    types = Types(library)
    documents: list[tuple[Value, SchemaFile]] = []
    dumped: list[tuple[Entry, Value]] = []
    for file in files:
        if kind_of(file) == "avro":
            root = library.root(file)
            if is_dump(root):
                dumped += [(entry, _root(entry, library)) for entry in entries(root, file)]
            elif root is not None:
                documents.append((root, file))
    for root, file in [*documents, *((root, entry.file) for entry, root in dumped if entry.form == "AVRO")]:
        types.add(root, file)
    endpoints: list[Endpoint] = []
    messages: list[Payload] = []
    for root, file in documents:
        found = list(types.records(root, file))
        messages += found
        endpoints += [as_endpoint(message, file) for message in found]
    shapes = Shapes(library)
    for entry, root in dumped:
        for message in _messages(entry, root, types, shapes):
            messages.append(message)
            endpoints.append(as_endpoint(message, entry.file, channel_of(entry.subject, message.name)))
    return Payloads(tuple(endpoints), tuple(messages), library.problems)


def _root(entry: Entry, library: Library) -> Value:
    """An entry's document, all of it at the entry's line; None when it has none."""
    if entry.form not in ("AVRO", "JSON"):
        return None
    try:
        root = read_document(entry.file.data)
    except Unreadable as error:
        library.complain(entry.file, entry.line, f"has an entry that {error}")
        return None
    waiting, seen = [root], set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, Object | Items) and id(value) not in seen:
            seen.add(id(value))
            value.line = entry.line
            waiting += value.values() if isinstance(value, Object) else value
    library.put(entry.file, root)
    return root


def _messages(entry: Entry, root: Value, types: Types, shapes: Shapes) -> list[Payload]:
    if entry.form == "AVRO":
        return list(types.records(root, entry.file))
    if entry.form == "JSON":
        found = message_of(root, entry.file, shapes)
        return [found] if found is not None else []
    if entry.form == "PROTOBUF":
        first = of_sources([parse_proto(entry.file)]).messages[:1]
        return [_at_line(message, entry.line) for message in first]
    return []


def _at_line(message: Payload, line: int) -> Payload:
    return replace(message, fields=tuple(replace(leaf, line=line) for leaf in message.fields), line=line)
