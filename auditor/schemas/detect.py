"""Tells by its name and content which reader a schema file belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from auditor.annotations.files import LOOKS_RIGHT
from auditor.schemas.document import LARGEST
from auditor.schemas.payloads import SchemaFile
from auditor.schemas.proto_binary import is_set

SUFFIXES: Mapping[str, str] = {
    ".sql": "ddl", ".ddl": "ddl",
    ".proto": "protobuf",
    ".pb": "descriptor_set", ".binpb": "descriptor_set", ".desc": "descriptor_set", ".protoset": "descriptor_set",
    ".graphql": "graphql", ".graphqls": "graphql", ".gql": "graphql",
    ".thrift": "thrift",
    ".avsc": "avro", ".avpr": "avro",
    ".json": "", ".yaml": "", ".yml": "",
}  # fmt: skip
COMPRESSED = (".gz", ".zst")
DOCUMENTS = (".json", ".yaml", ".yml", ".avsc", ".avpr")  # what `$ref` may lead to

_ROOTS = (("openapi", "openapi"), ("swagger", "openapi"), ("asyncapi", "asyncapi"))
_IN_YAML = tuple((re.compile(rf"^[\"']?{key}[\"']?[ \t]*:", re.MULTILINE), kind) for key, kind in _ROOTS)
_IN_BROKEN = tuple((re.compile(rf"\"{key}\"\s*:\s*[\"\d]"), kind) for key, kind in _ROOTS)
_JSON_SCHEMA = re.compile(r"json-schema\.org/|^schema#?$", re.IGNORECASE)
_YAML_SCHEMA = re.compile(r"^\$schema[ \t]*:[ \t]*[\"']?https?://json-schema\.org/", re.MULTILINE)
_YAML_OBJECT = re.compile(r"^type[ \t]*:[ \t]*[\"']?(?:object|array)\b", re.MULTILINE)
_YAML_PARTS = re.compile(r"^(?:properties|items|allOf|oneOf|anyOf|\$defs|definitions)[ \t]*:", re.MULTILINE)
_TABLES = re.compile(rb"\b(?:create|alter)\s+(?:\w+\s+){0,3}(?:table|view)\b", re.IGNORECASE)
_PROTO = re.compile(rb"^[ \t]*(?:syntax|edition)\s*=\s*[\"']", re.MULTILINE)
_HEAD = 1 << 20  # bytes of a file of no known suffix that are looked at


def suffix_of(name: str) -> str:
    """The suffix in lower case, that of compression left out: `.sql` of `Dump.SQL.gz`."""
    lowered = name.lower()
    for ending in COMPRESSED:
        lowered = lowered.removesuffix(ending)
    return "." + lowered.rpartition("/")[2].rpartition(".")[2] if "." in lowered else ""


def kind_of(file: SchemaFile) -> str | None:
    """ddl, annotations, protobuf, descriptor_set, openapi, asyncapi, avro, jsonschema, graphql or thrift, else None."""
    suffix = suffix_of(file.name)
    kind = SUFFIXES.get(suffix)
    if kind == "descriptor_set":
        return kind if is_set(file.data) else None
    if kind:
        return kind
    if kind is None:
        return _by_content(file.data)
    # What is too large to be read is told by its beginning, so that the reader can say so.
    return _document(file.data if len(file.data) <= max(LARGEST.values()) else file.data[:_HEAD])


def _by_content(data: bytes) -> str | None:
    if is_set(data):
        return "descriptor_set"
    head = data[:_HEAD]
    if kind := _document(head):
        return kind
    if _PROTO.search(head):
        return "protobuf"
    return "ddl" if _TABLES.search(head) else None


def _document(data: bytes) -> str | None:
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    if text.lstrip()[:1] in ("{", "["):
        try:
            return _json(orjson.loads(text))
        except ValueError:
            found = next((kind for pattern, kind in _IN_BROKEN if pattern.search(text)), None)
            if found:
                return found
    for pattern, kind in _IN_YAML:
        if pattern.search(text):
            return kind
    if _YAML_SCHEMA.search(text) or (_YAML_OBJECT.search(text) and _YAML_PARTS.search(text)):
        return "jsonschema"
    return "annotations" if LOOKS_RIGHT.search(text) else None


def _json(root: Any) -> str | None:
    first = root[0] if isinstance(root, list) and root else root
    if not isinstance(first, dict):
        return None
    if isinstance(root, dict):
        for key, kind in _ROOTS:
            if isinstance(root.get(key), str | float):
                return kind
    if _is_avro(first):
        return "avro"
    if not isinstance(root, dict):
        return None
    parts = any(isinstance(root.get(key), dict) for key in ("properties", "$defs", "definitions", "items"))
    parts = parts or any(isinstance(root.get(key), list) for key in ("allOf", "oneOf", "anyOf"))
    named = isinstance(root.get("$schema"), str) and _JSON_SCHEMA.search(root["$schema"])
    return "jsonschema" if named or (parts and root.get("type", "object") in ("object", "array")) else None


def _is_avro(root: dict[str, Any]) -> bool:
    if isinstance(root.get("subject"), str) and isinstance(root.get("schema"), str):
        return True  # a dump of a schema registry
    if isinstance(root.get("protocol"), str) and ("types" in root or "messages" in root):
        return True
    kind = root.get("type")
    if kind in ("record", "error"):
        return isinstance(root.get("fields"), list)
    return isinstance(root.get("name"), str) and (
        (kind == "enum" and isinstance(root.get("symbols"), list)) or (kind == "fixed" and "size" in root)
    )
