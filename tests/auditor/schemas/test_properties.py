"""No content makes a reader raise, go on for ever, or repeat a value in a problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.schemas import asyncapi, avro, jsonschema, openapi, protobuf
from auditor.schemas.detect import kind_of
from auditor.schemas.payloads import DEEPEST, MOST_FIELDS, Payloads, SchemaFile
from tests.support.schemas import as_file, files_of

READERS = {
    "proto": (protobuf.read, "x.proto"),
    "openapi": (openapi.read, "x.yaml"),
    "asyncapi": (asyncapi.read, "x.yaml"),
    "avro": (avro.read, "x.avsc"),
    "jsonschema": (jsonschema.read, "x.json"),
}
HEADS = {"openapi": b"openapi: 3.0.0\n", "asyncapi": b"asyncapi: 3.0.0\n", "jsonschema": b"type: object\nproperties:\n"}
Reader = Callable[[Sequence[SchemaFile]], Payloads]


def check(found: Payloads) -> None:
    for payload in found.messages:
        assert len(payload.fields) <= MOST_FIELDS
        assert len({(leaf.place, leaf.path) for leaf in payload.fields}) == len(payload.fields)
        assert all(0 < len(leaf.path) <= DEEPEST for leaf in payload.fields)
        assert all(leaf.type for leaf in payload.fields)


@pytest.mark.parametrize("form", READERS)
@given(data=st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes(form: str, data: bytes) -> None:
    reader, name = READERS[form]
    check(reader([as_file(HEADS.get(form, b"") + data, name)]))


@pytest.mark.parametrize("form", READERS)
@given(random=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_damaged_fixtures(form: str, random: Random) -> None:
    reader, _ = READERS[form]
    files = []
    for file in files_of(form):
        data = bytearray(file.data)
        for _ in range(random.randint(1, 5)):
            start = random.randrange(len(data))
            end = start + random.choice((0, 1, 1, 4, 40))
            data[start:end] = random.choice((b"", b"{", b"}", b"\n", b'"', b"$ref", b"[", b":", b"\xff"))
        files.append(SchemaFile(file.path, file.name, bytes(data)))
    check(reader(files))


@settings(deadline=None)
@given(data=st.binary(max_size=200), name=st.sampled_from(["a.pb", "a", "a.json", "a.yaml", "a.avsc", "a.txt"]))
def test_any_bytes_are_of_some_kind_or_none(data: bytes, name: str) -> None:
    kind_of(as_file(data, name))


@pytest.mark.parametrize("word", ["allOf", "oneOf", "anyOf"])
def test_a_bomb_of_aliases_is_small(word: str) -> None:
    lines = ["openapi: 3.0.0", "a0: &a0 {properties: {x: {type: string}}}"]
    lines += [f"a{i}: &a{i} {{{word}: [{', '.join([f'*a{i - 1}'] * 9)}]}}" for i in range(1, 60)]
    text = "\n".join([*lines, "components: {schemas: {A: *a59}}"])
    found = openapi.read([as_file(text, "bomb.yaml")])
    assert [payload.name for payload in found.messages] == ["A"]


def test_properties_that_double_are_cut() -> None:
    lines = ["openapi: 3.0.0", "a0: &a0 {properties: {x: {type: string}}}"]
    lines += [f"a{i}: &a{i} {{properties: {{p: *a{i - 1}, q: *a{i - 1}}}}}" for i in range(1, 15)]
    found = openapi.read([as_file("\n".join([*lines, "components: {schemas: {A: *a14}}"]), "bomb.yaml")])
    (payload,) = found.messages
    assert len(payload.fields) == MOST_FIELDS
    assert payload.open


@pytest.mark.parametrize(
    ("reader", "name", "text"),
    [
        (protobuf.read, "x.proto", 'message A { string 4111111111111111 = "s3cr3t"; } s3cr3t'),
        (openapi.read, "x.json", '{"openapi": "3.0.0", "x": s3cr3t}'),
        (openapi.read, "x.yaml", "openapi: 3.0.0\npaths: {/a: {$ref: 's3cr3t.yaml'}}\nx: [s3cr3t"),
        (avro.read, "x.avsc", '{"type": "record", "name": "A", "fields": [{"name": "a", "type": "s3cr3t"}]}'),
        (jsonschema.read, "x.json", '{"type": "object", "properties": {"a": {"$ref": "s3cr3t"}}}'),
    ],
)
def test_problems_never_quote(reader: Reader, name: str, text: str) -> None:
    found = reader([as_file(text, name)])
    assert found.problems
    assert not any("s3cr3t" in problem.what or "4111" in problem.what for problem in found.problems)
