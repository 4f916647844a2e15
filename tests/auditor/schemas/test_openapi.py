"""OpenAPI 3 and Swagger 2: operations, what they carry each way, and schemas put together in every way."""

from __future__ import annotations

import pytest

from auditor.schemas.openapi import read
from lineage.payload import Endpoint
from tests.support.schemas import as_file, files_of, message, short

FOUND = read(files_of("openapi", "shop"))
CUSTOMER = {
    "name": "TEXT",
    "email": "TEXT",
    "address.street": "TEXT",
    "address.country": "TEXT",
    "tags": "ARRAY<ARRAY<TEXT>>",
    "scores": "MAP<TEXT, BIGINT>",
    "contact.phone": "TEXT",
    "contact.fax": "TEXT",
    "level": "ENUM",
    "born": "DATE",
}


def endpoint(name: str) -> Endpoint:
    (only,) = [found for found in FOUND.endpoints if found.name == name]
    return only


def inline(schema: str) -> str:
    return f"openapi: 3.0.3\npaths: {{}}\ncomponents: {{schemas: {{It: {schema}}}}}\n"


def test_an_operation_has_base_path_hosts_and_its_line() -> None:
    show = endpoint("GET /api/v2/customers/{customer_id}")
    assert show.hosts == ("eu.shop.example", "shop.example")
    assert (show.kind, show.service, show.source, show.line) == ("http", "shop", "shop.yaml", 15)


def test_a_request_is_parameters_credentials_and_bodies() -> None:
    assert short(endpoint("GET /api/v2/customers/{customer_id}").request) == {
        "path:customer_id": "UUID",
        "query:expand": "ARRAY<TEXT>",
        "header:x-trace": "TEXT",
        "header:Authorization": "TEXT",
        "cookie:sid": "TEXT",
    }
    put = endpoint("PUT /api/v2/customers/{customer_id}").request
    assert short(put) == {
        "path:customer_id": "UUID",
        "header:Authorization": "TEXT",
        "cookie:sid": "TEXT",
        "password": "TEXT",
        **CUSTOMER,
    }  # what is read-only is not sent
    assert put is not None
    assert put.name == "Customer"


def test_a_response_is_all_answers_with_their_headers() -> None:
    answer = endpoint("GET /api/v2/customers/{customer_id}").response
    assert short(answer) == {
        "id": "INT",
        **CUSTOMER,
        "header:X-Customer-Mail": "TEXT",
        "reason": "TEXT",
        "details": "JSON",
    }  # what is write-only is not answered
    assert answer is not None
    assert not answer.open  # the free-form details are those of an error


def test_no_content_is_nothing() -> None:
    delete = endpoint("DELETE /api/v2/customers/{customer_id}")
    assert short(delete.request) == {"path:customer_id": "UUID"}  # `security: []` takes the credentials away
    assert delete.response is None


def test_uploads_and_answers_without_a_schema_are_open() -> None:
    post = endpoint("POST /api/v2/avatars")
    assert short(post.request) == {"caption": "TEXT", "file": "VARBINARY"}
    assert post.request is not None
    assert post.request.open
    assert post.response is not None
    assert post.response.open


def test_marks_comments_formats_and_lines() -> None:
    fields = {leaf.path: leaf for leaf in message(FOUND, "Customer").fields}
    assert fields["email",].categories == ("user.contact.email",)
    assert fields["email",].format == "email"
    assert fields["password",].redacted
    assert fields["contact", "fax"].redacted
    assert not fields["name",].redacted
    assert fields["name",].comment == "Full name."
    assert fields["born",].comment == "Date of birth."
    lines = next(file for file in files_of("openapi") if file.name == "shop.yaml").data.decode().splitlines()
    assert "born:" in lines[fields["born",].line - 1]
    assert fields["address", "street"].line == 0  # it stands in another file


def test_open_and_closed() -> None:
    assert message(FOUND, "Free").open
    assert message(FOUND, "Known").open
    assert not message(FOUND, "Base").open
    assert message(FOUND, "Employee").open  # cut where it comes round
    assert short(message(FOUND, "Employee")) == {"mail": "TEXT"}
    assert not message(FOUND, "Customer").open


def test_a_discriminator_leads_to_the_subtypes() -> None:
    assert short(message(FOUND, "Animal")) == short(message(FOUND, "Dog")) == {"kind": "TEXT", "chip": "TEXT"}
    assert not message(FOUND, "Animal").open


def test_a_reference_to_nowhere_is_a_problem_and_open() -> None:
    assert [(p.file, p.line, p.what) for p in FOUND.problems] == [
        ("shop.yaml", 132, "refers to something that is not in the files given")
    ]
    assert message(FOUND, "Lost").open


@pytest.mark.parametrize("part", ["parameters: [*lost]", "requestBody: *lost", "responses: {'200': *lost}"])
def test_a_part_of_an_operation_that_is_not_there_may_be_anything(part: str) -> None:
    text = f"openapi: 3.0.0\nx: &lost {{$ref: 'gone.yaml#/a'}}\npaths: {{/a: {{post: {{{part}}}}}}}\n"
    (endpoint,) = read([as_file(text, "a.yaml")]).endpoints
    side = endpoint.response if "responses" in part else endpoint.request
    assert side is not None
    assert side.open


def test_swagger_two() -> None:
    people = endpoint("POST /legacy/people")
    assert people.hosts == ("old.example",)
    person = {"given_name": "TEXT", "born": "DATE"}
    assert short(people.request) == {**person, "query:lang": "TEXT", "query:api_key": "TEXT"}
    assert short(people.response) == person
    upload = endpoint("POST /legacy/upload")
    assert short(upload.request) == {"note": "TEXT", "scan": "VARBINARY"}
    assert upload.response is None


def test_several_base_paths_are_several_endpoints() -> None:
    text = "openapi: 3.0.0\nservers: [{url: /a}, {url: 'http://h/b/'}]\npaths: {/x: {get: {responses: {}}}}\n"
    found = read([as_file(text, "a.yaml")])
    assert [(e.name, e.hosts) for e in found.endpoints] == [("GET /a/x", ()), ("GET /b/x", ("h",))]


def test_choices_that_are_conditions_add_nothing() -> None:
    schema = "{type: object, properties: {a: {type: string}}, anyOf: [{required: [a]}, {required: [b]}]}"
    it = message(read([as_file(inline(schema), "a.yaml")]), "It")
    assert (short(it), it.open) == ({"a": "TEXT"}, False)


def test_a_choice_that_takes_in_its_parent_is_not_open() -> None:
    text = """
openapi: 3.0.0
components:
  schemas:
    Pay: {type: object, properties: {amount: {type: integer}}, oneOf: [{$ref: '#/components/schemas/Card'}]}
    Card: {allOf: [{$ref: '#/components/schemas/Pay'}, {properties: {number: {type: string}}}]}
"""
    pay = message(read([as_file(text, "a.yaml")]), "Pay")
    assert (short(pay), pay.open) == ({"amount": "BIGINT", "number": "TEXT"}, False)


def test_maps_of_texts_are_open_and_maps_of_objects_are_walked() -> None:
    texts = message(read([as_file(inline("{additionalProperties: {type: string}}"), "a.yaml")]), "It")
    assert texts.open
    schema = "{properties: {m: {additionalProperties: {properties: {city: {type: string}}}}}}"
    objects = message(read([as_file(inline(schema), "a.yaml")]), "It")
    assert (short(objects), objects.open) == ({"m.city": "TEXT"}, False)


def test_names_that_are_none_or_endless_are_left_out() -> None:
    schema = f"{{properties: {{'': {{type: string}}, {'x' * 300}: {{type: string}}, a: {{type: string}}}}}}"
    it = message(read([as_file(inline(schema), "a.yaml")]), "It")
    assert (short(it), it.open) == ({"a": "TEXT"}, True)


def test_aliases_and_merge_keys_of_yaml() -> None:
    text = """
openapi: 3.0.0
x-base: &base {type: object, properties: {a: {type: string}}}
components:
  schemas:
    It: {<<: *base, description: same}
    Again: *base
"""
    found = read([as_file(text, "a.yaml")])
    assert short(message(found, "It")) == short(message(found, "Again")) == {"a": "TEXT"}
