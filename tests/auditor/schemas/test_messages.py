"""AsyncAPI, Avro, registry dumps and JSON Schema: what goes through channels."""

from __future__ import annotations

from auditor.schemas import asyncapi, avro, jsonschema
from lineage.payload import Endpoint
from tests.support.schemas import as_file, files_of, message, short

EVENTS = asyncapi.read(files_of("asyncapi", "shop"))
AVRO = avro.read(files_of("avro"))
JSON = jsonschema.read(files_of("jsonschema"))


def channels(endpoints: tuple[Endpoint, ...]) -> list[tuple[str, str | None]]:
    return [(endpoint.name, endpoint.message_type) for endpoint in endpoints]


def test_asyncapi_channels_once_for_each_message() -> None:
    assert channels(EVENTS.endpoints) == [
        ("shop.signups", "SignedUpV1"),
        ("clicks-v1", "Click"),
        ("orders/{region}/placed", "OrderPlaced"),
        ("orders/{region}/placed", "OrderDropped"),
        ("mails", "sendMail"),
    ]
    assert {(endpoint.kind, endpoint.service) for endpoint in EVENTS.endpoints} == {("message", "shop")}
    assert {endpoint.response for endpoint in EVENTS.endpoints} == {None}


def test_asyncapi_messages_have_headers_keys_and_payloads_of_either_form() -> None:
    signup, click, placed, dropped, mail = (endpoint.request for endpoint in EVENTS.endpoints)
    assert short(signup) == {"email": "TEXT", "header:key": "TEXT", "header:trace": "TEXT"}
    assert short(placed) == {"header:x-user": "TEXT", "buyer": "TEXT"}
    assert short(dropped) == {"reason": "TEXT"}  # written in Avro
    assert short(mail) == {"to": "TEXT"}
    assert click is not None
    assert click.open
    assert [(p.file, p.what) for p in EVENTS.problems] == [
        ("three.yaml", "has a message in a schema format that is not read here")
    ]


def test_avro_types_are_found_across_files() -> None:
    order = message(AVRO, "shop.events.Order")
    assert short(order) == {
        "id": "UUID",
        "buyer.email": "TEXT",
        "buyer.passport": "TEXT",
        "buyer.card": "JSON",
        "lines.sku": "TEXT",
        "lines.gift_for": "TEXT",
        "total": "DECIMAL",
        "placed": "TIMESTAMP",
        "labels": "MAP<TEXT, BIGINT>",
        "state": "ENUM",
    }
    assert order.open  # an unknown type, and a line within a line
    person = {leaf.name: leaf for leaf in message(AVRO, "shop.people.Person").fields}
    assert person["email"].categories == ("user.contact.email",)
    assert person["email"].comment == "Where to write to."
    assert person["passport"].redacted
    assert ("person.avsc", 6, "uses a type that is in none of the files given") in [
        (p.file, p.line, p.what) for p in AVRO.problems
    ]


def test_a_registry_gives_the_newest_schemas_with_their_topics() -> None:
    assert channels(AVRO.endpoints)[2:] == [("payments", "pay.Payment"), ("mails", "Mail"), ("", "pay.Refund")]
    assert short(message(AVRO, "pay.Payment")) == {"iban": "TEXT"}
    assert short(message(AVRO, "Mail")) == {"to": "TEXT"}
    assert short(message(AVRO, "pay.Refund")) == {"account": "TEXT"}
    assert message(AVRO, "pay.Payment").fields[0].line == 3
    assert [p.what for p in AVRO.problems if p.file == "registry.json"] == ["has an entry that is not JSON"]


def test_avro_fixed_and_plain_bytes() -> None:
    text = """{"type": "record", "name": "R", "fields": [
      {"name": "md5", "type": {"type": "fixed", "name": "Md5", "size": 16}}, {"name": "same", "type": "Md5"}]}"""
    found = message(avro.read([as_file(text, "r.avsc")]), "R")
    assert (short(found), found.open) == ({"md5": "BINARY", "same": "BINARY"}, False)
    text = '{"type": "record", "name": "R", "fields": [{"name": "raw", "type": "bytes"}]}'
    assert message(avro.read([as_file(text, "r.avsc")]), "R").open


def test_avro_within_asyncapi_knows_its_own_names() -> None:
    text = """
asyncapi: 2.6.0
channels:
  a:
    publish:
      message:
        schemaFormat: application/vnd.apache.avro+json;version=1.11.0
        payload:
          {type: record, name: shop.A, fields: [
            {name: home, type: {type: record, name: Place, fields: [{name: city, type: string}]}},
            {name: work, type: Place}]}
"""
    found = asyncapi.read([as_file(text, "a.yaml")])
    assert not found.problems
    assert short(found.endpoints[0].request) == {"home.city": "TEXT", "work.city": "TEXT"}


def test_json_schema_files_are_messages_without_a_channel() -> None:
    assert channels(JSON.endpoints) == [("", "address"), ("", "Person")]
    person = message(JSON, "Person")
    assert short(person) == {
        "email": "TEXT",
        "home.street": "TEXT",
        "home.city": "TEXT",
        "work.desk": "BIGINT",
        "node": "BOOLEAN",
        "phone": "TEXT",
    }  # by `$id` in another file, by pointer, by anchor, by condition
    assert not person.open
    assert not JSON.problems


def test_json_schema_draft_4_tuples_and_patterns() -> None:
    text = """{"$schema": "http://json-schema.org/draft-04/schema#", "id": "http://x/pair.json", "type": "object",
      "properties": {"pair": {"type": "array",
        "items": [{"type": "string"}, {"properties": {"n": {"type": "number"}}}]}},
      "patternProperties": {"^s_": {"type": "integer"}}, "additionalProperties": false}"""
    found = message(jsonschema.read([as_file(text, "pair.json")]), "pair")
    assert (short(found), found.open) == ({"pair": "ARRAY<TEXT>", "pair.n": "DOUBLE"}, True)


def test_a_broken_neighbour_that_nobody_refers_to_is_nobodys_problem() -> None:
    text = '{"type": "object", "properties": {"a": {"$ref": "https://x.example/b.json"}}}'
    other = '{"$id": "https://x.example/b.json", "properties": {"c": {"type": "string"}}}'
    found = jsonschema.read([as_file(text, "a.json"), as_file('{"id": ', "broken.json"), as_file(other, "z.json")])
    assert not found.problems
    assert short(message(found, "a")) == {"a.c": "TEXT"}
