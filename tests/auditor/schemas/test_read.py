"""The `--schema` arguments."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from auditor.errors import InputError
from auditor.schemas.read import read_schemas
from tests.support.schemas import FIXTURES

TABLE = "create table people (email text);"


def test_a_folder_stands_for_all_schemas_in_it(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "one.sql").write_text(TABLE)
    (tmp_path / "api.yaml").write_text("openapi: 3.0.0\npaths: {/a: {get: {responses: {}}}}\n")
    (tmp_path / "compose.yml").write_text("services: {}\n")
    (tmp_path / "data.json").write_text("[1]")
    (tmp_path / "p.proto.gz").write_bytes(gzip.compress(b'syntax = "proto3"; message M { string a = 1; }'))
    found = read_schemas([str(tmp_path)])
    assert [(entry.name, entry.format) for entry in found.inputs] == [
        ("api.yaml", "openapi"),
        ("db/one.sql", "ddl"),
        ("p.proto.gz", "protobuf"),
    ]
    assert [declared.table.name for declared in found.declared] == ["people"]
    assert [endpoint.name for endpoint in found.payloads.endpoints] == ["GET /a"]
    assert [payload.name for payload in found.payloads.messages] == ["M"]
    assert found.gaps == ()


def test_a_name_binds_to_a_store_or_a_service(tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text(TABLE)
    (tmp_path / "api.json").write_text('{"openapi": "3.0.0", "paths": {"/a": {"get": {"responses": {}}}}}')
    found = read_schemas([f"shop={tmp_path}", str(tmp_path / "api.json")])
    assert [declared.store for declared in found.declared] == ["shop"]
    assert [endpoint.service for endpoint in found.payloads.endpoints] == ["shop", None]


def test_references_between_the_files_of_a_folder() -> None:
    found = read_schemas([str(FIXTURES / "openapi")])
    names = [entry.name for entry in found.inputs]
    assert names == ["old.json", "shop.yaml"]  # parts are read through those that refer to them
    assert [(gap.kind, gap.where, gap.count) for gap in found.gaps] == [("unread_schema", "shop.yaml:132", 1)]
    assert "refers to something that is not in the files given" in found.gaps[0].what_it_hides
    alone = read_schemas([str(FIXTURES / "openapi" / "shop.yaml")])
    assert [(gap.where, gap.count) for gap in alone.gaps] == [("shop.yaml:90", 2)]


def test_problems_are_gaps_with_file_and_line() -> None:
    found = read_schemas([str(FIXTURES / "proto")])
    assert [(gap.kind, gap.where) for gap in found.gaps] == [
        ("unread_schema", "damaged.proto:5"),
        ("unread_schema", "damaged.proto:7"),
    ]


def test_a_damaged_file_of_a_folder_costs_that_file_alone(tmp_path: Path) -> None:
    (tmp_path / "good.proto").write_text("message M { optional string a = 1; }")
    (tmp_path / "bad.proto.gz").write_bytes(gzip.compress(b"message N {}" * 99)[:20])
    (tmp_path / "bad.yaml").write_text("openapi: 3.0.0\npaths: [\n")
    found = read_schemas([str(tmp_path)])
    assert [payload.name for payload in found.payloads.messages] == ["M"]
    assert [gap.where for gap in found.gaps] == ["bad.proto.gz", "bad.yaml:3"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("compose.yml", "services: {}\n", "none of these"),
        ("data.json", "[1]", "no known schema format"),
    ],
)
def test_a_named_file_that_is_no_schema_is_an_error(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=told) as caught:
        read_schemas([str(tmp_path / name)])
    assert name in str(caught.value)


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such schema file"):
        read_schemas([str(tmp_path / "gone.proto")])
    with pytest.raises(InputError, match="no schema file in this folder"):
        read_schemas([str(tmp_path)])
