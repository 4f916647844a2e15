"""Which reader a file belongs to."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from auditor.schemas.detect import kind_of, suffix_of
from tests.support.schemas import as_file, files_of

SET = FileDescriptorSet(file=[FileDescriptorProto(name="a.proto", package="a")]).SerializeToString()


@pytest.mark.parametrize(
    ("folder", "kinds"),
    [
        ("proto", {"protobuf"}),
        ("openapi", {"openapi", None}),  # a part that others refer to is nothing by itself
        ("asyncapi", {"asyncapi"}),
        ("avro", {"avro"}),
        ("jsonschema", {"jsonschema"}),
    ],
)
def test_our_fixtures(folder: str, kinds: set[str | None]) -> None:
    assert {kind_of(file) for file in files_of(folder)} == kinds


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("dump.sql.gz", "", "ddl"),
        ("SCHEMA.DDL", "", "ddl"),
        ("notes.txt", "-- ours\nCREATE TABLE IF NOT EXISTS t (a int);", "ddl"),
        ("notes.txt", "nothing to see", None),
        ("a.graphql", "", "graphql"),
        ("a.gql", "", "graphql"),
        ("a.graphqls", "", "graphql"),
        ("a.thrift", "", "thrift"),
        ("a.proto", "", "protobuf"),
        ("unnamed", 'syntax = "proto3";', "protobuf"),
        ("dataset.yml", "dataset:\n  - name: x\n", "annotations"),
        ("schema.yaml", "version: 2\nmodels:\n  - name: x\n", "annotations"),
        ("compose.yml", "services: {}\n", None),
        ("api.yml", "# first\n'openapi': 3.0.0\nsources: {}\n", "openapi"),
        ("api.json", '{"paths": {}, "swagger": "2.0"}', "openapi"),
        ("api.json", '{"paths": {}, "openapi": "3.1.0", ', "openapi"),  # damaged, and still told
        ("api.yaml", '{"asyncapi": "2.0.0"}', "asyncapi"),
        ("api.yaml", "asyncapi: 3.0.0\n", "asyncapi"),
        ("tsconfig.json", '{"$schema": "https://json.schemastore.org/tsconfig", "files": []}', None),
        ("package.json", '{"name": "x", "type": "module", "version": "1"}', None),
        ("s.json", '{"$schema": "http://json-schema.org/draft-07/schema#"}', "jsonschema"),
        ("s.json", '{"type": "object", "properties": {}}', "jsonschema"),
        ("s.yaml", "type: object\nproperties:\n  models:\n    type: string\n", "jsonschema"),
        ("r.json", '[{"type": "enum", "name": "E", "symbols": []}]', "avro"),
        ("r.json", '[{"subject": "a-value", "version": 1, "schema": "{}"}]', "avro"),
        ("data.json", "[1, 2, 3]", None),
        ("data.json", "{", None),
        ("lines.txt", "\n" * 1_000_000, None),
        ("spaces.txt", "create " + " " * 1_000_000, None),
        ("traces.pb", "\n\x03abc", None),
    ],
)
def test_by_name_and_content(name: str, text: str, kind: str | None) -> None:
    assert kind_of(as_file(text, name)) == kind


def test_descriptor_sets_are_told_by_what_they_hold() -> None:
    assert kind_of(as_file(SET, "all.pb")) == kind_of(as_file(SET, "image")) == "descriptor_set"
    assert kind_of(as_file(b"", "all.pb")) is None


def test_suffixes() -> None:
    assert suffix_of("a.b/Dump.SQL.gz") == ".sql"
    assert suffix_of("openapi.yaml.zst") == ".yaml"
    assert suffix_of("Makefile") == ""
